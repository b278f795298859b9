import { daemonFixture } from "./daemon.ts";
import { realWorld } from "./real-world.ts";

/** Most scenes need no more: #web with its project, ann who may talk there, and a daemon that was not started yet. */
export async function oneChannel(config: Record<string, unknown> = {}) {
  const { discord, model } = await realWorld();
  const channel = discord.addChannel("web");
  const ann = discord.addMember("ann");
  const projects = [{ name: "web", channel_id: channel.id }];
  const fixture = daemonFixture({ discord, modelUrl: model.url, projects, config });
  return { discord, model, channel, ann, fixture };
}

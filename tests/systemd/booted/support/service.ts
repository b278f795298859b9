import { onTestFinished } from "vitest";
import { stringify } from "yaml";
import type { Person } from "../../../../src/loopback/discord/people/person.ts";
import { type LoopbackDiscord, startLoopbackDiscord } from "../../../../src/loopback/discord/server.ts";
import {
  type Script,
  type ScriptedModel,
  startScriptedModel,
} from "../../../../src/loopback/model/scripted-model.ts";
import { bootContainer, type Container } from "./container.ts";
import type { Suite } from "./tree.ts";

/** A booted container with a config for the service's user, and what its far ends are. */
export interface ServiceWorld {
  readonly container: Container;
  readonly discord: LoopbackDiscord;
  readonly model: ScriptedModel;
  readonly ann: Person;
  readonly channel: { readonly id: string };
  /** Installs and starts the service; more flags may be given. */
  install(flags?: string): Promise<string>;
  /** One property, as `systemctl show` has it. */
  property(name: string): Promise<string>;
  writeConfig(change: Record<string, unknown>): Promise<void>;
  /** Adds settings of the unit for this test, such as shorter times. */
  dropIn(lines: readonly string[]): Promise<void>;
}

export const HOME = "/home/discord-bot";
export const PROJECT = "/opt/projects/web";

export async function serviceWorld(suite: Suite, options: { script?: Script } = {}): Promise<ServiceWorld> {
  const discord = await startLoopbackDiscord();
  const model = await startScriptedModel(options);
  onTestFinished(async () => {
    await discord.stop();
    await model.stop();
  });
  const container = await bootContainer(suite);
  const { must, write } = container;
  const channel = discord.addChannel("web");
  const base = {
    discord: { api_url: discord.apiUrl },
    access: "everyone",
    claude: { env: { ANTHROPIC_BASE_URL: model.url, ANTHROPIC_API_KEY: "made-up-key" } },
    projects: [{ name: "web", channel_id: channel.id, project_dir: PROJECT, allowed_tools: ["Bash"] }],
  };
  const configFile = `${HOME}/.claude-coordinator/config.yaml`;
  const writeConfig = async (change: Record<string, unknown>) => {
    await write(configFile, stringify({ ...base, ...change }));
    await must(`chmod 600 ${configFile}`);
  };
  const reload = () => must("systemctl daemon-reload");
  return {
    container,
    discord,
    model,
    channel,
    ann: discord.addMember("ann"),
    writeConfig,
    install: async (flags = "") => {
      // The user is made by the first install, its config and project by the person who has it.
      await must(`claude-coord service install --yes --no-start --token-stdin ${flags}`, discord.token);
      await writeConfig({});
      await must(`chown -R discord-bot: ${HOME}; mkdir -p ${PROJECT}; chown discord-bot: ${PROJECT}`);
      return must(`claude-coord service install --yes ${flags} 2>&1`);
    },
    property: async (name) => (await must(`systemctl show --property=${name} --value claude-coord`)).trim(),
    dropIn: async (lines) => {
      await write("/etc/systemd/system/claude-coord.service.d/test.conf", `${lines.join("\n")}\n`);
      await reload();
    },
  };
}

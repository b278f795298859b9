import { onTestFinished } from "vitest";
import {
  type LoopbackDiscord,
  type LoopbackDiscordOptions,
  startLoopbackDiscord,
} from "../../src/loopback/discord/server.ts";
import {
  type Script,
  type ScriptedModel,
  startScriptedModel,
} from "../../src/loopback/model/scripted-model.ts";
import { withApiDescription } from "./api-description.ts";
import { expectNotSent } from "./planted-token.ts";

/** The far ends of the real binary: a loopback Discord and a scripted model, gone after the test. What the bot sends is
 * held to Discord's own API description. */
export async function realWorld(
  options: { discord?: LoopbackDiscordOptions; script?: Script } = {},
): Promise<{ discord: LoopbackDiscord; model: ScriptedModel }> {
  const discord = await startLoopbackDiscord(options.discord);
  withApiDescription(discord);
  const model = await startScriptedModel(options.script ? { script: options.script } : {});
  onTestFinished(async () => {
    await discord.stop();
    await model.stop();
    expectNotSent(discord);
  });
  return { discord, model };
}

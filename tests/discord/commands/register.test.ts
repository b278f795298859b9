import { expect, test } from "vitest";
import { COMMANDS } from "../../../src/discord/commands/definitions.ts";
import { registerCommands } from "../../../src/discord/commands/register.ts";
import { interactionBot, startDiscord } from "../../support/interaction-bot.ts";

test("Discord is told of the commands when they differ from what it has, and only then", async () => {
  const discord = await startDiscord();
  const { gateway } = await interactionBot(discord, {});
  const register = (commands = COMMANDS) =>
    registerCommands(gateway.rest, discord.bot.id, discord.guild.id, commands);
  expect(await register()).toBe(true);
  expect(await register()).toBe(false);
  expect(await register(COMMANDS.slice(1))).toBe(true);
  expect(await register()).toBe(true);
  const [first, ...others] = COMMANDS;
  expect(await register([{ ...first!, description: "Another text" } as never, ...others])).toBe(true);
});

import { PermissionFlagsBits } from "discord-api-types/v10";
import { expect, test } from "vitest";
import { commandHandlers } from "../../../src/discord/commands/commands.ts";
import type { CommandsDeps } from "../../../src/discord/commands/commands-deps.ts";
import { COMMANDS } from "../../../src/discord/commands/definitions.ts";
import { HELP, helpCommand } from "../../../src/discord/commands/help.ts";
import { interactionBot, startDiscord } from "../../support/interaction-bot.ts";
import { projectIn } from "../../support/projects.ts";

test("every command stands in the help, under the right that it asks for", () => {
  const { commands } = commandHandlers({} as CommandsDeps);
  const rights = Object.entries(commands).map(([name, { action }]) => `${name}: ${action}`);
  expect(HELP.map(({ name, action }) => `${name}: ${action}`).sort()).toEqual(rights.sort());
  expect(COMMANDS.map(({ name }) => name).sort()).toEqual(Object.keys(commands).sort());
});

test("each person reads what they may do, in one message", async () => {
  const discord = await startDiscord();
  const channel = discord.addChannel("web");
  const deps = { projects: () => [projectIn(channel)], guildOf: () => discord.guild.id };
  const bot = await interactionBot(discord, {
    commands: { help: helpCommand(deps as unknown as CommandsDeps) },
  });
  await bot.register([{ name: "help", description: "Shows" }]);
  const reads = async (permissions: bigint) => {
    const person = discord.addMember("person", { permissions });
    return (await (await person.runs(channel, "/help")).waitsForReply())[0]!.content;
  };
  const [member, manager, admin] = [
    await reads(0n),
    await reads(PermissionFlagsBits.ManageGuild),
    await reads(PermissionFlagsBits.Administrator),
  ];
  const offered = (content: string) =>
    HELP.filter(({ line }) => content.includes(line)).map((entry) => entry.action);
  expect(new Set(offered(member))).toEqual(new Set(["talk"]));
  expect(new Set(offered(manager))).toEqual(new Set(["talk", "manage"]));
  expect(offered(admin)).toHaveLength(HELP.length);
  expect(member).toContain("`/reset`: for members with Manage Server");
  expect(admin.length).toBeLessThan(2000);
});

import { PermissionFlagsBits } from "discord-api-types/v10";
import { expect, test } from "vitest";
import { commandHandlers } from "../../../src/discord/commands/commands.ts";
import type { CommandsDeps } from "../../../src/discord/commands/commands-deps.ts";
import { interactionBot, startDiscord } from "../../support/interaction-bot.ts";
import { projectIn } from "../../support/projects.ts";

/**
 * Olga is an administrator; the project has one session, two open turns, the second of which waits, and as many working
 * copies as is said.
 */
async function scene(copies = 0) {
  const discord = await startDiscord();
  const channel = discord.addChannel("web");
  const olga = discord.addMember("olga", { permissions: PermissionFlagsBits.Administrator });
  const max = discord.addMember("max", { permissions: PermissionFlagsBits.ManageGuild });
  const projects = [projectIn(channel)];
  const done: string[] = [];
  const known = { conversationId: channel.id, projectName: "web" };
  const deps = {
    projects: () => projects,
    guildOf: () => discord.guild.id,
    conversation: () => ({ cancel: (id: string) => done.push(`cancel ${id}`) > 0 }),
    ledger: {
      open: () => [
        { id: "first", state: "running" },
        { id: "second", state: "queued" },
      ],
      unfinishedConversations: () => [known],
    },
    sessions: { list: () => [known] },
    agents: { end: async () => void done.push("end") },
    removeProject: async (name: string) => {
      done.push(`remove ${name}`);
      projects.length = 0;
    },
    worktreesOf: (name: string) =>
      Array.from({ length: copies }, (_, index) => ({
        threadId: `${index}`,
        projectName: name,
        projectDir: "/srv/web",
        path: `/var/worktrees/${index}`,
        directory: `/var/worktrees/${index}`,
        branch: `claude/fix-${index}`,
      })),
    post: async (_channelId: string, { content }: { content: string }) => void done.push(content),
    events: { emit: () => {} },
    newId: () => "id",
  } as unknown as CommandsDeps;
  const { commands, components, suggestions } = commandHandlers(deps);
  const bot = await interactionBot(discord, { commands, components, suggestions });
  await bot.register([{ name: "remove-project", description: "Removes" }]);
  const asks = async () => (await (await olga.runs(channel, "/remove-project")).waitsForReply())[0]!;
  return { discord, channel, olga, max, done, asks, commands, components };
}

test("a confirmed removal writes the config, then cancels the newest turn first, and says what stays", async () => {
  const { channel, olga, done, asks } = await scene();
  const question = await asks();
  expect(question.content).toMatch(
    /stays as it is[\s\S]*1 session stays[\s\S]*2 questions that run or wait will be cancelled/,
  );
  await (await olga.clicks(question, "Yes, remove")).answered();
  await expect.poll(() => done.length).toBe(5);
  expect(done.slice(0, 4)).toEqual(["remove web", "cancel second", "cancel first", "end"]);
  await expect.poll(() => olga.sees(channel).at(-1)?.content).toContain("are still there");
});

test("the working copies of threads stay: the question and the result say where they are, and how to be rid of them", async () => {
  const { channel, olga, asks } = await scene(7);
  const question = await asks();
  expect(question.content).toMatch(
    /7 working copies of threads stay, each on its branch\. Add the project again for this channel, and the threads go on/,
  );
  expect(question.content).toContain("  - `/var/worktrees/0` (branch `claude/fix-0`)");
  expect(question.content).toContain("  - and 2 more");
  await (await olga.clicks(question, "Yes, remove")).answered();
  const last = () => olga.sees(channel).at(-1)?.content;
  await expect.poll(last).toContain("So are 7 working copies of threads");
  expect(last()).toContain("`git -C '/srv/web' worktree remove <folder>`");
  expect(last()).toContain("`/var/worktrees/4`");
});

test("where there is none, no working copy is spoken of", async () => {
  const { channel, olga, asks } = await scene();
  const question = await asks();
  expect(question.content).not.toContain("working cop");
  await (await olga.clicks(question, "Yes, remove")).answered();
  await expect.poll(() => olga.sees(channel).at(-1)?.content).toContain("is removed");
  expect(olga.sees(channel).at(-1)?.content).not.toContain("working cop");
});

test("cancelled, nothing is removed", async () => {
  const { channel, olga, done, asks } = await scene();
  await (await olga.clicks(await asks(), "Cancel")).answered();
  await expect.poll(() => olga.sees(channel).at(-1)?.content).toBe("Nothing was removed.");
  expect(done).toEqual([]);
});

test("only an administrator is asked", async () => {
  const { channel, max, done } = await scene();
  const [reply] = await (await max.runs(channel, "/remove-project")).waitsForReply();
  expect(reply?.content).toContain("Administrator permission");
  expect(done).toEqual([]);
});

test("what commands put under their answers has a handler", async () => {
  const { components } = await scene();
  for (const prefix of ["status", "reset", "remove", "grants", "about", "stop"])
    expect(components).toHaveProperty(prefix);
});

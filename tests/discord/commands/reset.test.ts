import { PermissionFlagsBits } from "discord-api-types/v10";
import { expect, test } from "vitest";
import { resetHandlers } from "../../../src/discord/commands/reset.ts";
import { createSessionStore } from "../../../src/sqlite/sessions.ts";
import { testDatabase } from "../../support/database.ts";
import { interactionBot, startDiscord } from "../../support/interaction-bot.ts";
import { projectIn } from "../../support/projects.ts";

async function scene({ onEnd, ...options }: { confirmMs?: number; onEnd?: () => void } = {}) {
  const discord = await startDiscord();
  const [channel, other] = [discord.addChannel("web"), discord.addChannel("other")];
  const max = discord.addMember("max", { permissions: PermissionFlagsBits.ManageGuild });
  const ann = discord.addMember("ann");
  const sessions = createSessionStore(testDatabase(), Date.now);
  const done: string[] = [];
  const reset = resetHandlers({
    projects: () => [projectIn(channel)],
    placed: (project) => project,
    guildOf: () => discord.guild.id,
    conversation: () => ({
      interrupt: () => done.push("interrupt") > 0,
      cancel: () => false,
      wake: () => {},
    }),
    sessions,
    agents: {
      end: async () => {
        done.push("end");
        onEnd?.();
      },
    },
    post: async (channelId, { content }) => void done.push(`${channelId}: ${content}`),
    events: { emit: () => {} },
    ...options,
  });
  const bot = await interactionBot(discord, {
    commands: { reset: reset.command },
    components: { reset: reset.button },
  });
  await bot.register([
    {
      name: "reset",
      description: "Forgets",
      options: [{ type: 7, name: "channel", description: "Another channel" }],
    },
  ]);
  const asks = async (place: { id: string } = channel, chosen: Record<string, { id: string }> = {}) => {
    const [reply] = await (await max.runs(place, "/reset", chosen)).waitsForReply();
    return reply!;
  };
  const shown = (id: string) => max.sees(channel).find((message) => message.id === id);
  return { channel, other, max, ann, sessions, done, asks, shown };
}

test("a confirmed reset interrupts, forgets, ends the agent and says so in the channel", async () => {
  const { channel, max, sessions, done, asks, shown } = await scene();
  sessions.currentOrNew(channel.id, "web", "session-1");
  const question = await asks();
  expect(question.content).toContain("claude --resume session-1");
  await max.clicks(question, "Yes, reset");
  await expect
    .poll(() => done)
    .toEqual(["interrupt", "end", `${channel.id}: -# 🔄 <@${max.id}> reset the session.`]);
  expect(sessions.current(channel.id)).toBeUndefined();
  expect(shown(question.id)?.components).toEqual([]);
});

test("the agent is ended before anybody reads that it is reset: what is asked then has another one", async () => {
  let readAtEnd: string | undefined;
  const onEnd = () => {
    readAtEnd = shown(question.id)?.content;
  };
  const { channel, max, sessions, asks, shown } = await scene({ onEnd });
  sessions.currentOrNew(channel.id, "web", "session-1");
  const question = await asks();
  await max.clicks(question, "Yes, reset");
  await expect.poll(() => shown(question.id)?.content).toContain("The session is reset");
  expect(readAtEnd).toContain("Reset the session of");
});

test("without a confirmation in time nothing is reset, and the buttons go", async () => {
  const { channel, max, sessions, done, asks, shown } = await scene({ confirmMs: 20 });
  sessions.currentOrNew(channel.id, "web", "session-1");
  const question = await asks();
  await expect.poll(() => shown(question.id)?.content).toContain("nobody confirmed it");
  await expect(max.clicks(shown(question.id)!, "Yes, reset")).rejects.toThrow();
  expect(done).toEqual([]);
  expect(sessions.current(channel.id)?.sessionId).toBe("session-1");
});

test("a session that began meanwhile is not the one that was asked about", async () => {
  const { channel, max, sessions, done, asks, shown } = await scene();
  sessions.currentOrNew(channel.id, "web", "session-1");
  const question = await asks();
  sessions.reset(channel.id, "in a shell");
  sessions.currentOrNew(channel.id, "web", "session-2");
  await max.clicks(question, "Yes, reset");
  await expect.poll(() => shown(question.id)?.content).toContain("That question is over");
  expect(sessions.current(channel.id)?.sessionId).toBe("session-2");
  expect(done).toEqual([]);
});

test("another channel can be named, if it has a project", async () => {
  const { channel, other, sessions, asks } = await scene();
  sessions.currentOrNew(channel.id, "web", "session-1");
  expect((await asks(other, { channel })).content).toContain(`Reset the session of <#${channel.id}>?`);
  expect((await asks(channel, { channel: other })).content).toContain("belongs to no project");
});

test("whether there is a session is not told to those who may not reset it", async () => {
  const { ann, channel } = await scene();
  const [reply] = await (await ann.runs(channel, "/reset")).waitsForReply();
  expect(reply?.content).toContain("Manage Server");
});

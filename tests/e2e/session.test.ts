import { readFileSync } from "node:fs";
import { type APIMessage, ChannelType, PermissionFlagsBits } from "discord-api-types/v10";
import { expect, test } from "vitest";
import type { Person } from "../../src/loopback/discord/people/person.ts";
import { createSessionStore } from "../../src/sqlite/sessions.ts";
import { ask, isFinished, written } from "../support/answers.ts";
import { daemonFixture } from "../support/daemon.ts";
import { testDatabase } from "../support/database.ts";
import { bash, play } from "../support/fake-steps.ts";
import { findTranscript } from "../support/real-claude.ts";
import { realWorld } from "../support/real-world.ts";

const PATIENCE = { timeout: 60_000 };
const PICK = "Earlier sessions of this channel";

/** Ann may talk, max may manage, mallory is a member who may nothing. */
async function scene() {
  const { discord, model } = await realWorld();
  const channel = discord.addChannel("web");
  const [ann, mallory] = [discord.addMember("ann"), discord.addMember("mallory")];
  const max = discord.addMember("max", { permissions: PermissionFlagsBits.ManageGuild });
  const fixture = daemonFixture({
    discord,
    modelUrl: model.url,
    projects: [{ name: "web", channel_id: channel.id, allowed_tools: ["Bash"] }],
    config: { access: { users: [ann.id, max.id] } },
  });
  await fixture.start();
  await discord.until(
    () => discord.requests.some(({ method, path }) => method === "PUT" && path.endsWith("/commands")),
    { timeoutMs: 60_000 },
  );
  const sessions = createSessionStore(testDatabase(fixture.databaseFile), Date.now);
  const runs = async (person: Person, command: string): Promise<APIMessage> => {
    const [reply] = await (await person.runs(channel, command)).waitsForReply({ timeoutMs: 20_000 });
    return reply!;
  };
  const shown = (person: Person, { id }: APIMessage) =>
    person.sees(channel).find((message) => message.id === id)!;
  const text = () =>
    written(discord, channel)
      .map(({ content }) => content)
      .join("\n");
  /** Says two things in two sessions; gives both. */
  const twoSessions = async () => {
    await ask(ann, channel, "My favourite colour is teal.");
    const first = sessions.current(channel.id)!;
    sessions.reset(channel.id, "reset for the test");
    await expect.poll(() => fixture.agentPids(), PATIENCE).toEqual([]);
    await ask(ann, channel, "My number is 11.");
    return { first, second: sessions.current(channel.id)! };
  };
  /** Chooses an earlier session in the menu of `/session`. */
  const picks = async (person: Person, { sessionId }: { sessionId: string }) => {
    const list = await runs(person, "/session");
    await person.selects(list, PICK, [sessionId]);
    await expect.poll(() => shown(person, list).content, PATIENCE).toContain(`Session \`${sessionId}\``);
    return shown(person, list);
  };
  return {
    discord,
    model,
    channel,
    ann,
    max,
    mallory,
    fixture,
    sessions,
    runs,
    shown,
    text,
    twoSessions,
    picks,
  };
}

test("an earlier session is resumed: Claude knows what was said in it, and the other one can be gone back to", async () => {
  const { ann, max, channel, sessions, shown, text, twoSessions, picks } = await scene();
  const { first, second } = await twoSessions();
  const choice = await picks(max, first);
  expect(choice.content).toContain("It began with: My favourite colour is teal.");
  await max.clicks(choice, "Resume");
  await expect.poll(text, PATIENCE).toContain(`<@${max.id}> took up an earlier session again: 1 message`);
  expect(sessions.current(channel.id)).toMatchObject({ sessionId: first.sessionId, generation: 2 });
  expect(shown(max, choice).content).toContain(`claude --resume ${first.sessionId}`);

  const [answer] = await ask(ann, channel, "What is my favourite colour?");
  expect(answer?.content).toContain("teal");
  expect(sessions.current(channel.id)).toMatchObject({ sessionId: first.sessionId, messageCount: 2 });
  await max.clicks(await picks(max, second), "Resume");
  await expect.poll(() => sessions.current(channel.id)?.sessionId, PATIENCE).toBe(second.sessionId);
  const [other] = await ask(ann, channel, "What is my number?");
  expect(other?.content).toContain("11");
});

test("who may talk but not manage can look at earlier sessions and not resume them; a stranger sees nothing", async () => {
  const { ann, mallory, channel, sessions, runs, twoSessions, picks } = await scene();
  const { first, second } = await twoSessions();
  const refused = await (await ann.clicks(await picks(ann, first), "Resume")).waitsForReply();
  expect(refused.at(-1)?.content).toContain("Manage Server");
  expect((await runs(mallory, "/session")).content).toContain("You may not talk");
  expect(sessions.current(channel.id)?.sessionId).toBe(second.sessionId);
});

test("while a turn runs, nothing is resumed or forked", async () => {
  const { ann, max, channel, sessions, text, runs, twoSessions, picks } = await scene();
  const { first, second } = await twoSessions();
  const choice = await picks(max, first);
  await ann.says(channel, play(bash("tail -f /dev/null"), "Done."), { mention: true });
  await expect.poll(text, PATIENCE).toContain("tail -f");
  const said = await (await max.clicks(choice, "Resume")).waitsForReply();
  expect(said.at(-1)?.content).toContain("Claude is at work here");
  const forked = await (await max.clicks(await runs(max, "/session"), "Fork into a thread")).waitsForReply();
  expect(forked.at(-1)?.content).toContain("Claude is at work here");
  expect(sessions.current(channel.id)?.sessionId).toBe(second.sessionId);
  await runs(ann, "/stop");
});

test("while the first answer is being written there is nothing to fork or export, and a press says so", async () => {
  const { ann, channel, text, runs } = await scene();
  await ann.says(channel, play(bash("tail -f /dev/null"), "Done."), { mention: true });
  await expect.poll(text, PATIENCE).toContain("tail -f");
  const view = await runs(ann, "/session");
  const forked = await (await ann.clicks(view, "Fork into a thread")).waitsForReply();
  expect(forked.at(-1)?.content).toContain("Claude is at work here");
  const exported = await (await ann.clicks(view, "Export")).waitsForReply();
  expect(exported.at(-1)?.content).toContain("Nothing has been answered in this session yet");
  await runs(ann, "/stop");
});

test("a session is forked into a thread: both know what was said before, and neither what the other hears then", async () => {
  const { ann, channel, discord, fixture, sessions, runs } = await scene();
  await ask(ann, channel, "My favourite colour is teal.");
  const origin = sessions.current(channel.id)!;
  const [reply] = (
    await (
      await ann.clicks(await runs(ann, "/session"), "Fork into a thread")
    ).waitsForReply({
      timeoutMs: 20_000,
      done: (all) => all.some(({ content }) => content.includes("goes on from here")),
    })
  ).slice(-1);
  const thread = { id: /<#(\d+)>/.exec(reply!.content)?.[1] ?? "" };
  expect(written(discord, thread).at(-1)?.content).toContain(`forked the session of <#${channel.id}>`);

  const [inThread] = await ask(ann, thread, "What is my favourite colour?");
  expect(inThread?.content).toContain("teal");
  const fork = sessions.current(thread.id)!;
  expect(fork).toMatchObject({ forkOf: origin.sessionId, started: true, messageCount: 1 });
  await findTranscript(fixture.home, fork.sessionId);
  await ask(ann, thread, "My number is 11.");
  const [inChannel] = await ask(ann, channel, "What is my number?");
  expect(inChannel?.content).toContain("You have not told me your number");
  expect(sessions.current(channel.id)).toMatchObject({ sessionId: origin.sessionId, messageCount: 2 });
});

test("in a forum a fork is a post", async () => {
  const { discord, model } = await realWorld();
  const forum = discord.addChannel("ideas", { type: ChannelType.GuildForum });
  const ann = discord.addMember("ann");
  const fixture = daemonFixture({
    discord,
    modelUrl: model.url,
    projects: [{ name: "web", channel_id: forum.id }],
  });
  await fixture.start();
  await discord.until(
    () => discord.requests.some(({ method, path }) => method === "PUT" && path.endsWith("/commands")),
    { timeoutMs: 60_000 },
  );
  const post = await ann.posts(forum, "Colours", `${discord.bot.mention} My favourite colour is teal.`);
  await discord.until(() => written(discord, post).some(isFinished), { timeoutMs: 60_000 });
  const [list] = await (await ann.runs(post, "/session")).waitsForReply({ timeoutMs: 20_000 });
  const replies = await (await ann.clicks(list!, "Fork into a thread")).waitsForReply({
    timeoutMs: 20_000,
    done: (all) => all.some(({ content }) => content.includes("goes on from here")),
  });
  const fork = { id: /<#(\d+)>/.exec(replies.at(-1)!.content)?.[1] ?? "" };
  const [answer] = await ask(ann, fork, "What is my favourite colour?");
  expect(answer?.content).toContain("teal");
});

test("a session is named, in the CLI too, and exported as Markdown", async () => {
  const { ann, channel, fixture, sessions, shown, runs } = await scene();
  await ask(ann, channel, "My favourite colour is teal.");
  const view = await runs(ann, "/session");
  const form = await (await ann.clicks(view, "Rename…")).answered();
  await form.submits({ text: "  All about   colours " });
  await expect.poll(() => shown(ann, view).content, PATIENCE).toContain("**All about colours**");
  const { sessionId } = sessions.current(channel.id)!;
  const transcript = await findTranscript(fixture.home, sessionId);
  await expect
    .poll(() => readFileSync(transcript, "utf8"), PATIENCE)
    .toContain('"type":"custom-title","customTitle":"All about colours"');

  const [file] = (
    await (
      await ann.clicks(shown(ann, view), "Export")
    ).waitsForReply({
      done: (all) => all.some(({ attachments }) => attachments.length > 0),
    })
  ).flatMap(({ attachments }) => attachments);
  expect(file?.filename).toBe(`web-${sessionId.slice(0, 8)}.md`);
  const markdown = await (await fetch(file!.url)).text();
  expect(markdown).toContain("# All about colours");
  expect(markdown).toContain("> My favourite colour is teal.");
  expect(markdown).toContain("I will remember that your favourite colour is teal.");
});

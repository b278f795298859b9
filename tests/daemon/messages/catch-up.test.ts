import { ChannelType, PermissionFlagsBits } from "discord-api-types/v10";
import { expect, test } from "vitest";
import { channelOf } from "../../../src/loopback/discord/lookups.ts";
import { ALL_PERMISSIONS } from "../../../src/loopback/discord/permissions.ts";
import { joinThread } from "../../../src/loopback/discord/thread-state.ts";
import { written } from "../../support/answers.ts";
import { testDatabase } from "../../support/database.ts";
import { type WholeDaemon, type WholeDaemonOptions, wholeDaemon } from "../../support/whole-daemon.ts";

const ends = (contents: string[]) => contents.filter((content) => /^-# \d/m.test(content));

/** A daemon that has begun in its channels, and is gone. */
async function begunAndGone(options: WholeDaemonOptions = {}) {
  const world = await wholeDaemon(options);
  await world.stop(await started(world));
  return world;
}

async function started(world: WholeDaemon) {
  const daemon = await world.start();
  await world.discord.botIsOnline();
  return daemon;
}

/** What the bot has answered in a channel or thread, once that is so much. */
async function answersIn({ discord, contents }: WholeDaemon, channel: { id: string }, count = 1) {
  await discord.until(() => ends(contents(channel)).length === count, { timeoutMs: 20_000 });
  return contents(channel).map((content) => content.match(/m\d+/)?.[0]);
}

function messageReads({ discord }: WholeDaemon, from: number) {
  return discord.requests
    .slice(from)
    .filter(({ method, path }) => method === "GET" && /\/messages$/.test(path));
}

test("a start in which nothing was missed asks no channel for its messages", async () => {
  const world = await wholeDaemon();
  const { ann, web, stop, discord } = world;
  const daemon = await started(world);
  const thread = await ann.opensThread(web, "details");
  await ann.says(web, "m1 lines=1", { mention: true });
  await ann.says(thread, "m2 lines=1", { mention: true });
  await answersIn(world, web);
  await answersIn(world, thread);
  await ann.archives(thread);
  await stop(daemon);
  const before = discord.requests.length;
  await started(world);
  await ann.says(web, "m3 lines=1", { mention: true });
  await answersIn(world, web, 2);
  expect(messageReads(world, before)).toEqual([]);
});

test("what came while the daemon was stopped, or its gateway session lost, is read and answered", async () => {
  const { ann, web, start, stop, discord, until } = await wholeDaemon();
  const daemon = await start();
  await discord.botIsOnline();
  await ann.says(web, "m1 lines=1", { mention: true });
  await until((now) => ends(now).length === 1);
  await stop(daemon);
  await ann.says(web, "m2 lines=1", { mention: true });
  await start();
  await until((now) => ends(now).length === 2);
  await discord.faults.goAway();
  await ann.says(web, "m3 lines=1", { mention: true });
  discord.faults.forgetSessions();
  await discord.faults.comeBack();
  await until((now) => ends(now).length === 3);
});

test("a thread that was opened and archived while the bot was away is read from its first message on", async () => {
  const world = await begunAndGone();
  const { ann, web } = world;
  const thread = await ann.opensThread(web, "details");
  await ann.says(thread, "m1 lines=1", { mention: true });
  await ann.archives(thread);
  await started(world);
  expect(await answersIn(world, thread)).toEqual(["m1"]);
});

test("a forum's post counts from its first message on, which has the post's own id", async () => {
  const world = await wholeDaemon();
  const { ann, discord, stop } = world;
  const forum = discord.addChannel("ideas", { type: ChannelType.GuildForum });
  world.addProject("ideas", forum);
  await stop(await started(world));
  const post = await ann.posts(forum, "An idea", `${discord.bot.mention} m1 lines=1`);
  await started(world);
  expect(await answersIn(world, post)).toEqual(["m1"]);
  const live = await ann.posts(forum, "Another", `${discord.bot.mention} m2 lines=1`);
  expect(await answersIn(world, live)).toEqual(["m2"]);
});

test("of very many archived threads none is passed over, also private ones that the bot is in", async () => {
  const world = await begunAndGone();
  const { ann, web, discord } = world;
  const first = await ann.opensThread(web, "first");
  await ann.says(first, "m1 lines=1", { mention: true });
  await ann.archives(first);
  const hidden = await discord.owner.opensThread(web, "hidden", { private: true });
  discord.world.channels.get(hidden.id)?.thread?.members.set(discord.bot.id, Date.now());
  await discord.owner.says(hidden, "m2 lines=1", { mention: true });
  await discord.owner.archives(hidden);
  // Archived later than the first, and so listed before it, on a page of their own.
  for (let number = 0; number < 120; number += 1) {
    const other = await ann.opensThread(web, `other ${number}`);
    await ann.archives(other);
    const { thread } = discord.world.channels.get(other.id) ?? {};
    if (thread !== undefined) thread.archiveChangedAtMs += 1_000 + number;
  }
  await started(world);
  expect(await answersIn(world, first)).toEqual(["m1"]);
  expect(await answersIn(world, hidden)).toEqual(["m2"]);
});

test("a message in a thread that was archived longer ago than catch_up.max_age is told as expired", async () => {
  const clock = { aheadMs: -50 * 3_600_000 };
  const world = await wholeDaemon({ discord: { now: () => Date.now() + clock.aheadMs } });
  const { ann, web, stop, discord, contents } = world;
  const thread = await ann.opensThread(web, "details");
  await stop(await started(world));
  clock.aheadMs = -20 * 3_600_000;
  await ann.says(thread, "m1 lines=1", { mention: true });
  await ann.archives(thread);
  clock.aheadMs = 0;
  await started(world);
  await discord.until(() => contents(thread).length === 1, { timeoutMs: 20_000 });
  expect(contents(thread)[0]).toContain("came while the bot was away");
});

test("threads that can't be listed at first are listed later", async () => {
  const world = await begunAndGone();
  const { ann, web, discord } = world;
  const thread = await ann.opensThread(web, "details");
  await ann.says(thread, "m1 lines=1", { mention: true });
  discord.faults.failNext({ method: "GET", path: /archived/, status: 500, times: 4 });
  await started(world);
  expect(await answersIn(world, thread)).toEqual(["m1"]);
});

test("what was said in threads before the bot looked at their channel is left alone", async () => {
  const world = await wholeDaemon();
  const { ann, web, contents } = world;
  const thread = await ann.opensThread(web, "details");
  await ann.says(thread, "m1 lines=1", { mention: true });
  await ann.says(web, "m2 lines=1", { mention: true });
  await started(world);
  await ann.says(thread, "m3 lines=1", { mention: true });
  expect(await answersIn(world, thread)).toEqual(["m3"]);
  expect(contents()).toEqual([]);
});

test("what is said in a new project's channel counts from then on, even if the daemon dies before a first word", async () => {
  const world = await wholeDaemon();
  const { ann, discord, stop, paths } = world;
  const docs = discord.addChannel("docs");
  await ann.says(docs, "m1 lines=1", { mention: true });
  const daemon = await started(world);
  world.addProject("docs", docs);
  const cursor = () =>
    testDatabase(paths.database).prepare("SELECT 1 FROM cursors WHERE channel_id = ?").get(docs.id);
  await expect.poll(cursor, { timeout: 10_000 }).toBeDefined();
  await stop(daemon);
  await ann.says(docs, "m2 lines=1", { mention: true });
  await started(world);
  expect(await answersIn(world, docs)).toEqual(["m2"]);
});

test("what was said while the bot could not see the channel is answered when it can, threads among it", async () => {
  const world = await wholeDaemon();
  const { ann, web, discord } = world;
  await started(world);
  const thread = await ann.opensThread(web, "details");
  await ann.says(web, "m1 lines=1", { mention: true });
  await answersIn(world, web);
  discord.guild.setOverwrite(web, discord.bot.id, { deny: PermissionFlagsBits.ViewChannel });
  await ann.says(web, "m2 lines=1", { mention: true });
  await ann.says(thread, "m3 lines=1", { mention: true });
  discord.guild.setOverwrite(web, discord.bot.id, {});
  await ann.says(web, "m4 lines=1", { mention: true });
  expect(await answersIn(world, web, 3)).toEqual(["m1", "m2", "m4"]);
  expect(await answersIn(world, thread)).toEqual(["m3"]);
});

test("a role that takes the bot's sight away and gives it back loses nothing either", async () => {
  const world = await wholeDaemon();
  const { ann, web, discord } = world;
  await started(world);
  await ann.says(web, "m1 lines=1", { mention: true });
  await answersIn(world, web);
  const everyone = discord.guild.id;
  discord.guild.setOverwrite(web, everyone, { deny: PermissionFlagsBits.ViewChannel });
  const seer = discord.guild.addRole("seer");
  discord.guild.setOverwrite(web, seer.id, { allow: PermissionFlagsBits.ViewChannel });
  await ann
    .says(web, "m2 lines=1", { mention: true })
    .catch(() => discord.owner.says(web, "m2 lines=1", { mention: true }));
  const own = discord.world.members.get(discord.bot.id)?.roleIds ?? [];
  discord.guild.setRoles(discord.bot.id, [...own, seer.id]);
  expect(await answersIn(world, web, 2)).toEqual(["m1", "m2"]);
});

test("the bot is added to a private thread in which it was spoken to: it answers that", async () => {
  const world = await wholeDaemon();
  const { web, discord } = world;
  await started(world);
  discord.guild.setBotPermissions(
    ALL_PERMISSIONS & ~PermissionFlagsBits.ManageThreads & ~PermissionFlagsBits.Administrator,
  );
  const hidden = await discord.owner.opensThread(web, "hidden", { private: true });
  await discord.owner.says(hidden, "m1 lines=1", { mention: true });
  joinThread(discord.world, channelOf(discord.world, hidden.id), [discord.bot.id]);
  expect(await answersIn(world, hidden)).toEqual(["m1"]);
});

test("what is edited or deleted between being read and being handled is taken as it then stands", async () => {
  const world = await begunAndGone();
  const { ann, web, discord, contents } = world;
  const first = await ann.says(web, "m1 lines=1", { mention: true });
  const second = await ann.says(web, "m2 lines=1", { mention: true });
  const third = await ann.says(web, "m3 lines=1", { mention: true });
  discord.faults.failNext({ method: "GET", path: /\/members\//, status: "slow", delayMs: 2_000 });
  const before = discord.requests.length;
  await started(world);
  await discord.until(() => messageReads(world, before).length > 0);
  await ann.deletes(second);
  await ann.edits(third, `${discord.bot.mention} m33 lines=1`);
  expect(await answersIn(world, web, 2)).toEqual(["m1", "m33"]);
  expect(contents()).toHaveLength(2);
  expect(first.id < second.id).toBe(true);
});

test("more live messages than are kept while a channel is read are read like the missed ones", async () => {
  const world = await begunAndGone();
  const { ann, web, discord } = world;
  await ann.says(web, "m1 lines=1", { mention: true });
  discord.faults.failNext({ method: "GET", path: /\/members\//, status: "slow", delayMs: 3_000 });
  const before = discord.requests.length;
  await started(world);
  await discord.until(() => messageReads(world, before).length > 0);
  for (let count = 0; count < 1_001; count += 1) await ann.says(web, "not for the bot");
  await ann.says(web, "m2 lines=1", { mention: true });
  expect(await answersIn(world, web, 2)).toEqual(["m1", "m2"]);
});

test("a message that can't be written down yet holds up those behind it, and is not passed over", async () => {
  const world = await begunAndGone();
  const { ann, web, discord, paths, lines } = world;
  const other = testDatabase(paths.database);
  other.exec(
    "CREATE TRIGGER full BEFORE INSERT ON turns WHEN NEW.prompt LIKE 'm2%' BEGIN SELECT RAISE(ABORT, 'full'); END",
  );
  await ann.says(web, "m1 lines=1", { mention: true });
  discord.faults.failNext({ method: "GET", path: /\/members\//, status: "slow", delayMs: 1_500 });
  const before = discord.requests.length;
  await started(world);
  await discord.until(() => messageReads(world, before).length > 0);
  await ann.says(web, "m2 lines=1", { mention: true });
  await expect
    .poll(() => lines.some(({ message }) => message.includes("can't be read yet")), { timeout: 10_000 })
    .toBe(true);
  await ann.says(web, "m3 lines=1", { mention: true });
  other.exec("DROP TRIGGER full");
  expect(await answersIn(world, web, 3)).toEqual(["m1", "m2", "m3"]);
});

test("more missed messages than catch_up.max_messages: one notice says how many, and its button runs all of them", async () => {
  const world = await begunAndGone({ config: { catch_up: { max_messages: 1 } } });
  const { ann, web, discord, contents } = world;
  for (const marker of ["m1", "m2", "m3", "m4"]) await ann.says(web, `${marker} lines=1`, { mention: true });
  const daemon = await started(world);
  await discord.until(() => ends(contents()).length === 1, { timeoutMs: 20_000 });
  await world.stop(daemon);
  expect(contents()).toHaveLength(2);
  expect(contents()[0]).toContain(
    "3 messages that came while the bot was away are not answered. More came after",
  );
  expect(contents()[1]).toContain("m4 line 1 of 1");
  await started(world);
  await ann.clicks(written(discord, web)[0]!, "Run now");
  expect(await answersIn(world, web, 4)).toEqual(["m1", "m4", "m2", "m3"]);
});

test("a person's roles are asked for once, however much of theirs was missed", async () => {
  const world = await begunAndGone({ config: { catch_up: { max_messages: 1 } } });
  const { ann, web, discord } = world;
  for (let index = 1; index <= 8; index++) await ann.says(web, `m${index} lines=1`, { mention: true });
  const before = discord.requests.length;
  await started(world);
  await answersIn(world, web);
  const asked = discord.requests.slice(before).filter(({ path }) => path.endsWith(`/members/${ann.id}`));
  // Once for what was missed, and once more before the one that runs.
  expect(asked.length).toBeLessThanOrEqual(2);
});

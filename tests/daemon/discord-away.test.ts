import { PermissionFlagsBits } from "discord-api-types/v10";
import { expect, test } from "vitest";
import { createHistory } from "../../src/sqlite/history.ts";
import { testDatabase } from "../support/database.ts";
import { type WholeDaemon, wholeDaemon } from "../support/whole-daemon.ts";

const MESSAGES = { method: "POST", path: /\/messages$/ };

async function started(options: Parameters<typeof wholeDaemon>[0] = {}): Promise<WholeDaemon> {
  const world = await wholeDaemon(options);
  await world.start();
  await world.discord.botIsOnline();
  return world;
}

const ends = (contents: string[]) =>
  contents.filter((content) => /^-# \d/m.test(content)).map((content) => content.match(/m\d/)?.[0]);

function failures({ paths }: WholeDaemon) {
  return createHistory(testDatabase(paths.database)).failures({ limit: 10 });
}

test("a turn goes on while Discord is away, one that waits goes on waiting, and their answers come in order", async () => {
  const world = await started();
  const { discord, ann, web, until, contents } = world;
  await ann.says(web, "m1 lines=8 pace=400", { mention: true });
  await ann.says(web, "m2 lines=2 pace=50", { mention: true });
  await until((now) => now.join().includes("m1 line 1"));
  await discord.faults.goAway();
  // Whether the second one's author may still talk, only Discord can tell.
  await expect.poll(() => openStates(world), { timeout: 10_000 }).toEqual(["delivering", "accepted"]);
  await discord.faults.comeBack();
  await until((now) => ends(now).length === 2);
  expect(ends(contents())).toEqual(["m1", "m2"]);
  expect(contents()[0]).toContain("m1 line 8 of 8");
  expect(contents()).toHaveLength(2);
});

test("an answer stays one answer while Discord fails again and again", async () => {
  const world = await started();
  const { discord, ann, web, until, contents } = world;
  discord.faults.failNext({ ...MESSAGES, status: 500, times: 6 });
  discord.faults.failNext({ ...MESSAGES, status: 502, times: 3, afterTakingEffect: true });
  await ann.says(web, "m1 lines=2", { mention: true });
  await until((now) => ends(now).length === 1);
  await expect.poll(() => openStates(world), { timeout: 10_000 }).toEqual([]);
  expect(contents()).toHaveLength(1);
  expect(discord.requests.filter(({ status }) => status !== undefined && status >= 500)).toHaveLength(9);
});

test("a limit on the whole bot delays answers, and nothing else", async () => {
  const { discord, ann, web, until, contents } = await started();
  discord.faults.failNext({ ...MESSAGES, status: 429, global: true, retryAfterMs: 500, times: 3 });
  await ann.says(web, "m1 lines=2", { mention: true });
  await ann.says(web, "m2 lines=1", { mention: true });
  await until((now) => ends(now).length === 2);
  expect(ends(contents())).toEqual(["m1", "m2"]);
});

test("a turn whose channel is deleted ends as failed, once, with an id in the log", async () => {
  const world = await started();
  const { discord, ann, web } = world;
  await ann.says(web, "m1 lines=4 pace=100", { mention: true });
  await expect.poll(() => openStates(world), { timeout: 10_000 }).toEqual(["running"]);
  discord.guild.deleteChannel(web);
  await expect.poll(() => failures(world), { timeout: 10_000 }).toHaveLength(1);
  const [turn] = failures(world);
  expect(turn).toMatchObject({ state: "failed", outcome: "failed", failureCode: "undeliverable" });
  const told = world.lines.filter(({ level }) => level === "error");
  expect(told.map(({ message, fields }) => [message, fields.error_id])).toEqual([
    ["the answer could not be delivered", turn?.errorId],
  ]);
});

test("a turn in a channel where the bot may no longer write ends as failed, with few requests", async () => {
  const world = await started();
  const { discord, ann, web } = world;
  await ann.says(web, "m1 lines=8 pace=500", { mention: true });
  await world.until((now) => now.join().includes("m1 line 1"));
  const before = discord.requests.length;
  discord.guild.setOverwrite(web, discord.bot.id, { deny: PermissionFlagsBits.ViewChannel });
  await expect.poll(() => failures(world), { timeout: 10_000 }).toHaveLength(1);
  const refused = discord.requests.slice(before).filter(({ path }) => /\/messages/.test(path));
  expect(refused.length).toBeLessThanOrEqual(4);
});

test("an answer that Discord refuses for what it says ends the turn, and a person is told and given a file", async () => {
  const world = await started({ config: { replies: { stream: false } } });
  const { discord, ann, web, until, contents } = world;
  discord.faults.failNext({ ...MESSAGES, status: 400 });
  await ann.says(web, "m1 lines=2", { mention: true });
  await until((now) => now.length === 1);
  await expect.poll(() => failures(world), { timeout: 10_000 }).toHaveLength(1);
  const [turn] = failures(world);
  expect(contents()[0]).toContain("Discord does not take the answer");
  expect(contents()[0]).toContain(turn?.errorId);
  expect(
    discord
      .messages(web)
      .at(-1)
      ?.attachments.map(({ filename }) => filename),
  ).toEqual(["answer.md"]);
  expect(turn).toMatchObject({
    state: "failed",
    failureCode: "undeliverable",
    answer: "m1 line 1 of 2\nm1 line 2 of 2",
  });
});

test("where Discord refuses every message the turn ends all the same, and the next one is answered", async () => {
  const world = await started({ config: { replies: { stream: false } } });
  const { discord, ann, web, until, contents } = world;
  discord.faults.failNext({ ...MESSAGES, status: 400, times: 100 });
  await ann.says(web, "m1 lines=2", { mention: true });
  await expect.poll(() => failures(world), { timeout: 10_000 }).toHaveLength(1);
  discord.faults.clear();
  await ann.says(web, "m2 lines=1", { mention: true });
  await until((now) => ends(now).length === 1);
  expect(contents()).toHaveLength(1);
});

test("a daemon that is told to stop at once does so while Discord does not answer", async () => {
  const world = await wholeDaemon();
  const { discord, ann, web, contents } = world;
  const daemon = await world.start();
  await discord.botIsOnline();
  discord.faults.failNext({ ...MESSAGES, status: "hang", times: 100 });
  await ann.says(web, "m1 lines=1", { mention: true });
  await ann.says(web, "m2 lines=9 pace=1000", { mention: true });
  await expect.poll(() => openStates(world), { timeout: 10_000 }).toEqual(["delivering", "running"]);
  const beganAt = performance.now();
  await world.stop(daemon);
  // discord.js gives a request four times fifteen seconds.
  expect(performance.now() - beganAt).toBeLessThan(12_000);
  expect(openStates(world)).toEqual(["delivering", "queued"]);
  discord.faults.clear();
  await world.start();
  await world.until((now) => ends(now).length === 2);
  expect(ends(contents())).toEqual(["m1", "m2"]);
}, 60_000);

function openStates({ paths }: WholeDaemon): string[] {
  const db = testDatabase(paths.database);
  return db
    .prepare(
      "SELECT state FROM turns WHERE state IN ('accepted','queued','running','delivering') ORDER BY sequence",
    )
    .pluck()
    .all() as string[];
}

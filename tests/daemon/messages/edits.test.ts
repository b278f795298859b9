import { expect, test } from "vitest";
import type { Daemon } from "../../../src/daemon/daemon.ts";
import { testDatabase } from "../../support/database.ts";
import { type WholeDaemon, wholeDaemon } from "../../support/whole-daemon.ts";

/** A channel in which a turn runs until it may go on, so that what is said next waits. */
async function busyChannel(config: Record<string, unknown> = {}): Promise<WholeDaemon & { daemon: Daemon }> {
  const world = await wholeDaemon({ config });
  const daemon = await world.start();
  await world.discord.botIsOnline();
  await world.ann.says(world.web, "m1 lines=2 until=go", { mention: true });
  await world.until((contents) => contents.join().includes("m1 line 1"));
  return { ...world, daemon };
}

const logged = (lines: WholeDaemon["lines"], wanted: string) => () =>
  lines.filter(({ message }) => message === wanted).length;

const isOver = (marker: string) => (contents: string[]) =>
  contents.some((content) => content.includes(marker) && /^-# \d/m.test(content));

test("a message that is edited while it waits is answered in its new form", async () => {
  const { ann, web, discord, contents, until, lines, goOn } = await busyChannel();
  const asked = await ann.says(web, "m2 lines=1", { mention: true });
  await ann.edits(asked, `${discord.bot.mention} m3 lines=1`);
  await expect.poll(logged(lines, "a waiting turn was edited")).toBe(1);
  goOn();
  await until(isOver("m3 line 1"));
  expect(contents().join()).not.toContain("m2");
});

test("a message that no longer addresses the bot when its turn comes is not run", async () => {
  const { ann, web, discord, contents, until, lines, goOn } = await busyChannel();
  const asked = await ann.says(web, "m2 lines=1", { mention: true });
  await ann.edits(asked, "m2 is for somebody else");
  await expect.poll(logged(lines, "withdrew a turn")).toBe(1);
  goOn();
  await ann.says(web, "m4 lines=1", { mention: true });
  await until(isOver("m4 line 1"));
  expect(contents()).toHaveLength(2);
  expect(discord.rateLimited).toEqual([]);
});

test("a message that is deleted while it waits is not run", async () => {
  const { ann, web, contents, until, lines, goOn } = await busyChannel();
  const asked = await ann.says(web, "m2 lines=1", { mention: true });
  await ann.deletes(asked);
  await expect.poll(logged(lines, "withdrew a turn")).toBe(1);
  goOn();
  await ann.says(web, "m4 lines=1", { mention: true });
  await until(isOver("m4 line 1"));
  expect(contents()).toHaveLength(2);
});

test("a message that is edited or deleted while it runs is answered as it was asked", async () => {
  const { ann, web, discord, contents, until, goOn } = await busyChannel();
  const [running] = ann.sees(web);
  await ann.edits(running!, `${discord.bot.mention} m2 lines=1`);
  await ann.deletes(running!);
  goOn();
  await until(isOver("m1 line 2"));
  expect(contents()).toHaveLength(1);
});

test("an answer whose question is gone is posted without a reference", async () => {
  const world = await wholeDaemon({ config: { replies: { stream: false } } });
  await world.start();
  await world.discord.botIsOnline();
  const asked = await world.ann.says(world.web, "m1 lines=3 until=go", { mention: true });
  await world.discord.until(() => world.lines.some(({ message }) => message === "accepted a turn"));
  await expect.poll(() => world.discord.requests.some(({ path }) => path.endsWith("/typing"))).toBe(true);
  await world.ann.deletes(asked);
  world.goOn();
  await world.until(isOver("m1 line 3"));
  expect(world.discord.messages(world.web).map((message) => message.message_reference)).toEqual([undefined]);
});

test("an edit after the answer changes nothing, and neither does the preview of a link", async () => {
  const { ann, web, discord, contents, until, goOn } = await busyChannel();
  goOn();
  await until(isOver("m1 line 2"));
  const [asked] = ann.sees(web);
  await ann.edits(asked!, `${discord.bot.mention} m2 lines=1`);
  await ann.says(web, "m4 lines=1", { mention: true });
  await until(isOver("m4 line 1"));
  expect(contents().join()).not.toContain("m2");
});

test("with `edits: rerun` a message that is edited after its answer is answered again, once for each edit", async () => {
  const { ann, web, discord, contents, until, goOn } = await busyChannel({ edits: "rerun" });
  goOn();
  await until(isOver("m1 line 2"));
  const [asked] = ann.sees(web);
  await ann.edits(asked!, `${discord.bot.mention} m2 lines=1`);
  await until(isOver("m2 line 1"));
  await ann.edits(asked!, `${discord.bot.mention} m2 lines=1`);
  await ann.edits(asked!, `${discord.bot.mention} m3 lines=1`);
  await until(isOver("m3 line 1"));
  expect(contents()).toHaveLength(3);
});

test("edits and deletes that happen while the daemon is stopped count for what still waits", async () => {
  const { ann, web, discord, daemon, start, stop, contents, until, paths, goOn } = await busyChannel();
  const edited = await ann.says(web, "m2 lines=1", { mention: true });
  const deleted = await ann.says(web, "m3 lines=1", { mention: true });
  await ann.says(web, "m4 lines=1", { mention: true });
  const accepted = testDatabase(paths.database).prepare("SELECT count(*) FROM turns").pluck();
  await expect.poll(() => accepted.get(), { timeout: 10_000, interval: 10 }).toBe(4);
  await stop(daemon);
  await ann.edits(edited, `${discord.bot.mention} m5 lines=1`);
  await ann.deletes(deleted);
  goOn();
  await start();
  await until(isOver("m4 line 1"));
  const answered = contents().map((content) => content.match(/m\d/)?.[0]);
  expect(answered).toEqual(["m1", "m5", "m4"]);
});

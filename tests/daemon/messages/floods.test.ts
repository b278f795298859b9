import type { APIMessage } from "discord-api-types/v10";
import { expect, test } from "vitest";
import type { Person } from "../../../src/loopback/discord/people/person.ts";
import { type WholeDaemon, type WholeDaemonOptions, wholeDaemon } from "../../support/whole-daemon.ts";

async function started(options: WholeDaemonOptions = {}): Promise<WholeDaemon> {
  const world = await wholeDaemon(options);
  await world.start();
  await world.discord.botIsOnline();
  return world;
}

const ends = (contents: string[]) => contents.filter((content) => /^-# \d/m.test(content)).length;
const notes = (contents: string[]) => contents.filter((content) => content.includes("not run")).length;
const markOf = ({ discord, web }: WholeDaemon, { id }: { id: string }) =>
  discord
    .messages(web)
    .find((message) => message.id === id)
    ?.reactions?.map(({ emoji }) => emoji.name);
const turns = ({ lines }: WholeDaemon) => lines.filter(({ message }) => message === "accepted a turn").length;

test("who asks too much is told once, sees each message marked that is not run, and is heard again later", async () => {
  const world = await started({ config: { limits: { member_per_minute: 2 } } });
  const { discord, ann, web, until } = world;
  const bob = discord.addMember("bob");
  const asked = [];
  for (let count = 1; count <= 5; count += 1) {
    asked.push(await ann.says(web, `m${count} lines=1`, { mention: true }));
  }
  await bob.says(web, "m6 lines=1", { mention: true });
  await until((contents) => ends(contents) === 3 && notes(contents) === 1);
  for (const message of asked.slice(2)) {
    await expect.poll(() => markOf(world, message), { timeout: 20_000 }).toContain("🚦");
  }
  expect(turns(world)).toBe(3);
  const note = discord.messages(web).find(({ content }) => content.includes("not run"));
  expect(note?.content).toMatch(
    /^That was more than 2 messages within a minute from you.* Ask again <t:\d+:R>\.$/,
  );
  expect(world.lines.filter(({ message }) => message === "too much is asked")).toHaveLength(1);
});

test("a channel in which much waits takes no more, and says so", async () => {
  const world = await started({ config: { limits: { waiting: 2 } } });
  const { ann, web, contents, until } = world;
  await ann.says(web, "m1 lines=40 pace=200", { mention: true });
  await ann.says(web, "m2 lines=1", { mention: true });
  const late = await ann.says(web, "m3 lines=1", { mention: true });
  await until((now) => notes(now) === 1);
  expect(contents().join()).toContain("2 messages wait here already, so this was not run.");
  await expect.poll(() => markOf(world, late), { timeout: 20_000 }).toContain("🚦");
  expect(turns(world)).toBe(2);
});

test("every way in which a turn begins is counted, and refused when there were too many", async () => {
  const world = await started({ config: { edits: "rerun" } });
  const { discord, ann, web, until } = world;
  const asked = await ann.says(web, "m1 lines=1", { mention: true });
  await until((contents) => ends(contents) === 1);
  const form = await (await ann.runsOn(web, "Ask Claude about this", asked)).answered();
  const session = await (await ann.runs(web, "/session")).waitsForReply();
  // What was begun up to now counts: from here on it is too much.
  world.configure({ limits: { member_per_minute: 1 } });
  const before = turns(world);
  const refused = async (act: Promise<{ waitsForReply(): Promise<APIMessage[]> }>) =>
    expect((await (await act).waitsForReply()).at(-1)?.content).toContain("That was more than 1 message");

  await refused(ann.runs(web, "/compact"));
  await refused(form.submits({ text: "why?" }));
  await refused(ann.clicks(session.at(-1)!, "Fork into a thread"));
  await ann.edits(asked, `${discord.bot.mention} m2 lines=1`);
  await until((contents) => notes(contents) === 1);
  await expect.poll(() => markOf(world, asked), { timeout: 20_000 }).toContain("🚦");
  expect(turns(world)).toBe(before);
  expect(discord.messages(web).some(({ content }) => content.includes("forked"))).toBe(false);
});

test("what a late start finds is run however fast it is read; what came too late waits for its button, which counts", async () => {
  const world = await wholeDaemon({ config: { catch_up: { max_messages: 3 }, limits: { waiting: 1 } } });
  const { ann, web, discord, until } = world;
  await world.stop(await world.start());
  for (let count = 1; count <= 4; count += 1) await ann.says(web, `m${count} lines=1`, { mention: true });
  await world.start();
  await discord.botIsOnline();
  await until((contents) => ends(contents) === 3);
  expect(notes(world.contents())).toBe(0);
  const late = discord.messages(web).find(({ components }) => JSON.stringify(components).includes("run:"));
  world.configure({ limits: { member_per_minute: 1 } });
  const [refusal] = await (await ann.clicks(late!, "Run now")).waitsForReply();
  expect(refusal?.content).toContain("That was more than 1 message");
  world.configure({ limits: {} });
  await ann.clicks(late!, "Run now");
  await until((contents) => ends(contents) === 4);
});

test("a bot that is listed is answered, until it asks too fast: then it is told once, and other bots never are", async () => {
  const bots: Person[] = [];
  const world = await started({
    config: (discord) => {
      bots.push(...["listed", "other"].map((name) => discord.addMember(name, { bot: true })));
      return { access: { everyone: true, bots: [bots[0]?.id] }, limits: { bot_per_minute: 3 } };
    },
  });
  const { ann, web, contents, until } = world;
  const [listed, other] = bots;
  await other!.says(web, "m1 lines=1", { mention: true });
  for (let count = 2; count <= 8; count += 1) {
    await listed!.says(web, `m${count} lines=1`, { mention: true });
  }
  await ann.says(web, "m9 lines=1", { mention: true });
  await until((now) => ends(now) === 4);
  expect(contents().join()).not.toMatch(/m1 |m5 |m8 /);
  await until((now) => now.some((content) => content.includes("as when two bots answer each other")));
  expect(contents()).toHaveLength(5);
  expect(world.lines.filter(({ message }) => message === "too much is asked")).toHaveLength(1);
  // It takes no hint, which it might answer.
  await listed!.says(web, "", { mention: true });
  await ann.says(web, "m10 lines=1", { mention: true });
  await until((now) => ends(now) === 5);
  expect(contents()).toHaveLength(6);
}, 60_000);

test("what bots wrote while the daemon was away is judged as what they write now", async () => {
  const bots: Person[] = [];
  const world = await wholeDaemon({
    config: (discord) => {
      bots.push(...["listed", "other"].map((name) => discord.addMember(name, { bot: true })));
      return { access: { everyone: true, bots: [bots[0]?.id] }, limits: { bot_per_minute: 2 } };
    },
  });
  const { web, until } = world;
  const [listed, other] = bots;
  await world.stop(await world.start());
  await other!.says(web, "m1 lines=1", { mention: true });
  for (let count = 2; count <= 6; count += 1) {
    await listed!.says(web, `m${count} lines=1`, { mention: true });
  }
  await world.start();
  await until((now) => ends(now) === 2 && now.some((content) => content.includes("two bots")));
  expect(turns(world)).toBe(2);
  expect(world.contents().join()).not.toContain("m1 ");
});

import { expect, test } from "vitest";
import { createHistory } from "../../src/sqlite/history.ts";
import { testDatabase } from "../support/database.ts";
import { tokenCorpus } from "../support/token-corpus.ts";
import { type WholeDaemon, wholeDaemon } from "../support/whole-daemon.ts";

const PATIENCE = { timeout: 20_000 };

async function started(options: Parameters<typeof wholeDaemon>[0] = {}): Promise<WholeDaemon> {
  const world = await wholeDaemon(options);
  await world.start();
  await world.discord.botIsOnline();
  return world;
}

/** Everything that the bot ever sent to Discord but for the token in its header. */
const sent = ({ discord }: WholeDaemon) =>
  JSON.stringify(discord.requests.map(({ path, body }) => ({ path, body })));
const failures = ({ paths }: WholeDaemon) =>
  createHistory(testDatabase(paths.database)).failures({ limit: 10 });
const says = (pieces: readonly string[], pace = 0) => `m1 pace=${pace} says=${JSON.stringify(pieces)}`;

test("an answer that holds the bot's token is stopped while it streams, and no edit ever showed the token", async () => {
  const world = await started();
  const { discord, ann, web, until } = world;
  const { token } = discord;
  const pieces = [
    "My token is ",
    token.slice(0, 20),
    token.slice(20, 50),
    token.slice(50),
    ", says Claude. ",
    "And more.",
  ];
  await ann.says(web, says(pieces, 1_700), { mention: true });
  await until((now) => now.join().includes("My token is"));
  await until((now) => now.join().includes("so it was stopped"));
  await expect.poll(() => failures(world), PATIENCE).toHaveLength(1);

  const [failure] = failures(world);
  expect(failure).toMatchObject({ failureCode: "secret_withheld", outcome: "failed" });
  expect(sent(world)).not.toContain(token);
  expect(sent(world)).not.toContain(token.slice(0, 20));
  expect(sent(world)).not.toContain("And more");
  const told = world.contents().find((content) => content.includes("so it was stopped"));
  expect(told).toContain(`-# Error id: ${failure?.errorId}`);

  const alarm = discord.messages(web).find(({ content }) => content.startsWith("🔑"));
  expect(alarm?.content).toContain(`errors show ${failure?.errorId}`);
  expect(alarm?.mentions.map(({ id }) => id)).toEqual([discord.owner.id]);
  expect(
    JSON.stringify(testDatabase(world.paths.database).prepare("SELECT * FROM turns").all()),
  ).not.toContain(token.slice(20));
});

test("the listed admins are told, once in a while, and each person of their own answer", async () => {
  const world = await wholeDaemon();
  const admin = world.discord.addMember("root");
  world.configure({ admins: { users: [admin.id], roles: [] } });
  await world.start();
  const { discord, ann, web } = world;
  for (const count of [1, 2]) {
    await ann.says(web, says([`Here: ${Buffer.from(discord.token).toString("base64")}`]), { mention: true });
    await expect.poll(() => failures(world), PATIENCE).toHaveLength(count);
  }
  await world.until((now) => now.filter((content) => content.includes("was stopped")).length === 3);
  const alarms = discord.messages(web).filter(({ content }) => content.startsWith("🔑"));
  expect(alarms.map(({ mentions }) => mentions.map(({ id }) => id))).toEqual([[admin.id]]);
});

test("what looks like a secret is hidden in answers, and that is said", async () => {
  const world = await started();
  const github = tokenCorpus("daemon").find(({ name }) => name === "GitHub token")!;
  await world.ann.says(
    world.web,
    says(["export GH=", github.text.slice(0, 30), github.text.slice(30), "\nDone."], 1_700),
    {
      mention: true,
    },
  );
  await world.until((now) => now.some((content) => content.includes("Done.") && /^-# \d/m.test(content)));
  expect(world.contents().join()).toContain("export GH=ghp_[hidden]");
  expect(world.contents().join()).toContain("-# Hidden, because it looks secret: GitHub token");
  expect(sent(world)).not.toContain(github.secret.slice(0, 10));
});

test("with `redact: own` only the bot's secrets are", async () => {
  const world = await started({ config: { redact: "own" } });
  const github = tokenCorpus("daemon").find(({ name }) => name === "GitHub token")!;
  await world.ann.says(world.web, says([`export GH=${github.text}`]), { mention: true });
  await world.until((now) => now.join().includes(github.text));
  await world.ann.says(world.web, says([world.discord.token]), { mention: true });
  await expect.poll(() => failures(world), PATIENCE).toHaveLength(1);
  expect(sent(world)).not.toContain(world.discord.token);
});

test("what nobody thought of is caught at the door", async () => {
  const world = await wholeDaemon();
  // A name is shown in a hint, which no answer's way leads through.
  world.configure({}, { name: `web ${world.discord.token}` });
  await world.start();
  await world.ann.says(world.web, "", { mention: true });
  await world.until((now) => now.join().includes("working on **web [secret]**"));
  expect(sent(world)).not.toContain(world.discord.token);
  expect(world.lines.filter(({ level }) => level === "error").map(({ message }) => message)).toEqual([
    "a secret of the bot was withheld: it was in a message",
  ]);
});

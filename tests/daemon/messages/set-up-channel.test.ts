import { readFileSync } from "node:fs";
import { PermissionFlagsBits } from "discord-api-types/v10";
import { expect, test } from "vitest";
import { openDatabase } from "../../../src/sqlite/database.ts";
import { createPromptStore } from "../../../src/sqlite/prompts.ts";
import { written } from "../../support/answers.ts";
import { wholeDaemon } from "../../support/whole-daemon.ts";

const API = "https://git.example.org/ann/api.git";
const HOUR_MS = 3_600_000;

/** Olga is an administrator by a role, max manages; all that is asked is in the set-up channel. */
async function scene(clock = { aheadMs: 0 }) {
  const known: { setup?: { readonly id: string } } = {};
  const world = await wholeDaemon({
    discord: { now: () => Date.now() + clock.aheadMs },
    config: (discord) => {
      known.setup = discord.addChannel("new-projects");
      return { setup_channel: known.setup.id };
    },
  });
  const { discord, paths, start } = world;
  const setup = known.setup!;
  const role = discord.guild.addRole("boss", { permissions: PermissionFlagsBits.Administrator });
  const olga = discord.addMember("olga", { roles: [role] });
  const max = discord.addMember("max", { permissions: PermissionFlagsBits.ManageGuild });
  const texts = () => written(discord, setup).map(({ content }) => content.split("\n")[0]);
  const said = (count: number) => discord.until(() => texts().length === count, { timeoutMs: 20_000 });
  const online = async () => {
    const daemon = await start();
    await discord.botIsOnline();
    return daemon;
  };
  const audit = () =>
    readFileSync(paths.audit, "utf8")
      .split("\n")
      .filter(Boolean)
      .map((line) => JSON.parse(line) as Record<string, unknown>);
  const cursor = () => {
    const db = openDatabase(paths.database);
    try {
      return db.prepare("SELECT message_id FROM cursors WHERE channel_id = ?").pluck().get(setup.id);
    } finally {
      db.close();
    }
  };
  const signs = () => discord.messages(setup).filter(({ reactions }) => reactions?.length).length;
  return { ...world, setup, role, olga, max, texts, said, online, audit, cursor, signs };
}

const asks = (name: string) => `**Add a project from** \`https://git.example.org/ann/${name}.git\`**?**`;

test("addresses that were posted while the bot was away are asked about in order, each once; earlier ones are not", async () => {
  const { olga, setup, stop, online, texts, said, cursor, discord } = await scene();
  await olga.says(setup, "https://git.example.org/ann/before.git");
  const daemon = await online();
  await stop(daemon);
  await olga.says(setup, API);
  await olga.says(setup, "and nothing else for today");
  await olga.says(setup, "https://git.example.org/ann/web.git");
  await online();
  await said(2);
  expect(texts()).toEqual([asks("api"), asks("web")]);
  await discord.faults.goAway();
  await olga.says(setup, "https://git.example.org/ann/docs.git");
  discord.faults.forgetSessions();
  await discord.faults.comeBack();
  await said(3);
  const last = await olga.says(setup, "https://git.example.org/ann/last.git");
  await said(4);
  expect(cursor()).toBe(last.id);
  expect(texts().slice(2)).toEqual([asks("docs"), asks("last")]);
});

test("one that was posted longer ago than catch_up.max_age is not asked about, said so, and hides its login", async () => {
  const clock = { aheadMs: -50 * HOUR_MS };
  const { olga, setup, stop, online, texts, said, discord } = await scene(clock);
  await stop(await online());
  clock.aheadMs = -20 * HOUR_MS;
  const late = await olga.says(setup, "https://ann:secret@git.example.org/ann/api.git");
  clock.aheadMs = 0;
  await olga.says(setup, "https://git.example.org/ann/web.git");
  await online();
  await said(2);
  const tooLate = expect.stringContaining("posted while I was away, too long ago");
  expect(texts()).toEqual(expect.arrayContaining([tooLate, asks("web")]));
  expect(discord.messages(setup).map(({ id }) => id)).not.toContain(late.id);
});

test("who may ask is decided by the roles of now; each refusal is in the audit log, and the signs are few", async () => {
  const { olga, max, setup, role, stop, online, texts, said, audit, signs, discord } = await scene();
  await stop(await online());
  await olga.says(setup, API);
  discord.guild.setRoles(olga, []);
  await max.says(setup, API);
  const eve = discord.addMember("eve", { roles: [role] });
  await eve.says(setup, "https://git.example.org/ann/web.git");
  await online();
  await said(1);
  expect(texts()).toEqual([asks("web")]);
  for (let count = 0; count < 20; count += 1) await max.says(setup, `${API} ${count}`);
  await eve.says(setup, "https://git.example.org/ann/docs.git");
  await said(2);
  await discord.until(() => signs() === 2, { timeoutMs: 20_000 });
  const refused = audit().filter(({ type }) => type === "refused");
  const of = { what: "message", action: "admin", reason: "not_allowed", conversation: setup.id };
  expect(refused).toMatchObject([
    { ...of, user_id: olga.id },
    { ...of, user_id: max.id },
  ]);
});

test("a question whose posting was cut short is told of, however late the bot starts again", async () => {
  const { olga, setup, stop, online, texts, said, paths, discord } = await scene();
  await stop(await online());
  const { id } = await olga.says(setup, API);
  const db = openDatabase(paths.database);
  const prompts = createPromptStore(db, () => Date.now() - HOUR_MS);
  prompts.opened({ id, turnId: "", conversationId: setup.id, toolName: "add-project", text: "**Add?**" });
  db.close();
  await online();
  await said(1);
  expect(texts()).toEqual(["**Add?**"]);
  await discord.until(() => written(discord, setup)[0]?.content.includes("the bot restarted"));
  // Read once more as missed, it is not asked about again.
  await olga.says(setup, "https://git.example.org/ann/web.git");
  await said(2);
  expect(texts()).toEqual(["**Add?**", asks("web")]);
});

test("a set-up channel that is written into the config while the bot runs counts from then on", async () => {
  const { olga, setup, stop, online, texts, said, configure, discord, cursor, ann, web, contents } =
    await scene();
  configure({ setup_channel: undefined });
  const daemon = await online();
  await olga.says(setup, API);
  await ann.says(web, "m1 lines=1", { mention: true });
  // Events come in their order: the address has been passed over by then.
  await discord.until(() => contents().length > 0, { timeoutMs: 20_000 });
  configure({ setup_channel: setup.id });
  await discord.until(() => cursor() !== undefined, { timeoutMs: 20_000 });
  await stop(daemon);
  await olga.says(setup, "https://git.example.org/ann/web.git");
  await online();
  await said(1);
  expect(texts()).toEqual([asks("web")]);
});

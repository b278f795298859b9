import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { ChannelType, PermissionFlagsBits } from "discord-api-types/v10";
import { expect, test } from "vitest";
import { ask, written } from "../support/answers.ts";
import { daemonFixture } from "../support/daemon.ts";
import { gitServer } from "../support/git-server.ts";
import { realWorld } from "../support/real-world.ts";

const PATIENCE = { timeout: 60_000 };

/** Olga is an administrator, max manages, ann talks; there is no project yet. */
async function scene() {
  const { discord, model } = await realWorld();
  const category = discord.addChannel("Projects", { type: ChannelType.GuildCategory });
  const setup = discord.addChannel("new-projects", { parent: category });
  const olga = discord.addMember("olga", { permissions: PermissionFlagsBits.Administrator });
  const max = discord.addMember("max", { permissions: PermissionFlagsBits.ManageGuild });
  const ann = discord.addMember("ann");
  const git = await gitServer({ api: { "readme.md": "hello" }, private: { "key.txt": "secret" } });
  const fixture = daemonFixture({ discord, modelUrl: model.url, projects: [] });
  git.setUpHome(fixture.home);
  const root = join(fixture.home, "projects");
  fixture.writeConfig({ projects_root: root, setup_channel: setup.id });
  const daemon = await fixture.start();
  const bot = () => written(discord, setup);
  const asked = async () => {
    await expect.poll(() => bot().at(-1)?.content, PATIENCE).toContain("Add a project from");
    return bot().at(-1)!;
  };
  const channelNamed = (name: string) =>
    [...discord.world.channels.values()].find((channel) => channel.name === name);
  return { discord, category, setup, olga, max, ann, git, fixture, daemon, root, bot, asked, channelNamed };
}

test("an address becomes a question, the question a project, and Claude answers in its channel", async () => {
  const { discord, category, setup, olga, ann, git, root, bot, asked, channelNamed } = await scene();
  await olga.says(setup, `please add ${git.url("api")}`);
  const question = await asked();
  expect(question.content).toContain("- Channel: a new one, **#api**");
  const form = await (await olga.clicks(question, "Change…")).answered();
  await (await form.submits({ name: "My.Api", channel: "Our API", model: "haiku" })).answered();
  await expect
    .poll(() => bot().at(-1)?.content, PATIENCE)
    .toMatch(/\*\*My\.Api\*\*[\s\S]*\*\*#our-api\*\*[\s\S]*`haiku`/);
  await olga.clicks(question, "Add it");
  await expect.poll(() => bot().at(-1)?.content, PATIENCE).toContain("✅ **My.Api** is there");
  expect(bot().at(-1)?.components).toEqual([]);
  const made = channelNamed("our-api")!;
  expect(made.parentId).toBe(category.id);
  expect(existsSync(join(root, "My.Api", "readme.md"))).toBe(true);
  await expect.poll(() => written(discord, made).length, PATIENCE).toBe(1);
  await ask(ann, made, "My favourite colour is teal.");
});

test("somebody who is no administrator gets a sign, and can't press", async () => {
  const { discord, setup, olga, max, ann, git, bot, asked } = await scene();
  for (const person of [max, ann]) {
    const message = await person.says(setup, git.url("api"));
    await expect
      .poll(() => discord.messages(setup).find(({ id }) => id === message.id)?.reactions?.length, PATIENCE)
      .toBe(1);
  }
  expect(bot()).toEqual([]);
  await olga.says(setup, "just talking, see http://example.org");
  await olga.says(setup, git.url("api"));
  const question = await asked();
  for (const button of ["Add it", "Change…", "Cancel"]) {
    const [reply] = await (await max.clicks(question, button)).waitsForReply();
    expect(reply?.content).toContain("Administrator permission");
  }
  expect(bot()).toHaveLength(1);
});

test("a message with a login is deleted, and the login shown nowhere", async () => {
  const { discord, setup, olga, git, fixture, bot, asked } = await scene();
  const message = await olga.says(setup, git.url("private", "ann:secret"));
  const question = await asked();
  expect(discord.messages(setup).map(({ id }) => id)).not.toContain(message.id);
  await olga.clicks(question, "Add it");
  await expect.poll(() => bot().at(-1)?.content, PATIENCE).toContain("kept nowhere");
  expect(JSON.stringify(discord.messages(setup))).not.toContain("secret");
  expect(readFileSync(join(fixture.home, ".claude-coordinator", "logs", "bot.log"), "utf8")).not.toContain(
    "secret",
  );
});

test("cancelled, nothing is added; a failure leaves nothing", async () => {
  const { discord, setup, olga, git, root, bot, asked } = await scene();
  const before = discord.world.channels.size;
  await olga.says(setup, git.url("api"));
  await olga.clicks(await asked(), "Cancel");
  await expect.poll(() => bot().at(-1)?.content, PATIENCE).toContain(`<@${olga.id}> decided against it`);
  await olga.says(setup, git.url("nothing"));
  await olga.clicks(await asked(), "Add it");
  await expect.poll(() => bot().at(-1)?.content, PATIENCE).toContain("There is no such repository");
  expect(discord.world.channels.size).toBe(before);
  expect(existsSync(root) ? readdirSync(root) : []).toEqual([]);
});

test("an address that was posted while the bot was dead is asked about once it is back, for who may; a refusal is written down", async () => {
  const { discord, setup, olga, max, git, fixture, daemon, bot, asked, channelNamed } = await scene();
  daemon.signal("SIGKILL");
  await daemon.ended;
  const refused = await max.says(setup, git.url("private"));
  await olga.says(setup, git.url("api"));
  await fixture.start();
  const question = await asked();
  const sign = () => discord.messages(setup).find(({ id }) => id === refused.id)?.reactions?.length;
  await expect.poll(sign, PATIENCE).toBe(1);
  await olga.clicks(question, "Add it");
  await expect.poll(() => bot().at(-1)?.content, PATIENCE).toContain("✅ **api** is there");
  expect(channelNamed("api")).toBeDefined();
  expect(bot()).toHaveLength(1);
  const audit = readFileSync(join(fixture.home, ".claude-coordinator", "logs", "audit.jsonl"), "utf8");
  const records = audit.split("\n").filter((line) => line.includes('"type":"refused"'));
  expect(records.map((line) => JSON.parse(line))).toMatchObject([
    {
      user_id: max.id,
      action: "admin",
      reason: "not_allowed",
      conversation: setup.id,
      message_id: refused.id,
    },
  ]);
});

test("a question that a restart has outlived loses its buttons", async () => {
  const { setup, olga, git, fixture, daemon, bot, asked } = await scene();
  await olga.says(setup, git.url("api"));
  const question = await asked();
  daemon.signal("SIGKILL");
  await daemon.ended;
  await fixture.start();
  await expect.poll(() => bot().find(({ id }) => id === question.id)?.components, PATIENCE).toEqual([]);
  expect(bot().at(-1)?.content).toContain("the bot restarted");
});

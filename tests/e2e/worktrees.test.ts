import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ChannelType, PermissionFlagsBits } from "discord-api-types/v10";
import { expect, test } from "vitest";
import type { Person } from "../../src/loopback/discord/people/person.ts";
import { createSessionStore } from "../../src/sqlite/sessions.ts";
import { ask, written } from "../support/answers.ts";
import { daemonFixture } from "../support/daemon.ts";
import { testDatabase } from "../support/database.ts";
import { bash, play } from "../support/fake-steps.ts";
import { realWorld } from "../support/real-world.ts";

const PATIENCE = { timeout: 60_000 };

/** Max may manage, ann may talk, mallory may nothing; the project is a repository with one commit. */
async function scene(options: { type?: ChannelType; isRepository?: boolean } = {}) {
  const { discord, model } = await realWorld();
  const channel = discord.addChannel("web", { type: options.type ?? ChannelType.GuildText });
  const [ann, mallory] = [discord.addMember("ann"), discord.addMember("mallory")];
  const max = discord.addMember("max", { permissions: PermissionFlagsBits.ManageGuild });
  const fixture = daemonFixture({
    discord,
    modelUrl: model.url,
    projects: [{ name: "web", channel_id: channel.id, allowed_tools: ["Bash"], threads: "worktree" }],
    config: { access: { users: [ann.id, max.id] } },
  });
  writeFileSync(join(fixture.home, ".gitconfig"), "[user]\nname = ann\nemail = ann@example.org\n");
  const projectDir = join(fixture.home, "projects", "web");
  const git = (...args: string[]) =>
    execFileSync("git", args, {
      cwd: projectDir,
      env: { PATH: process.env.PATH, HOME: fixture.home },
      encoding: "utf8",
      stdio: "pipe",
    }).trim();
  if (options.isRepository !== false) {
    git("init", "-q", "-b", "main");
    writeFileSync(join(projectDir, "readme.md"), "hello");
    git("add", "-A");
    git("commit", "-q", "-m", "begin");
  }
  const treeOf = (thread: { id: string }) =>
    join(fixture.home, ".claude-coordinator", "worktrees", thread.id);
  const sessions = () => createSessionStore(testDatabase(fixture.databaseFile), Date.now);
  /** The question about a deleted thread's working copy, once it stands. */
  const question = async (where: { id: string } = channel) => {
    const find = () =>
      written(discord, where).find(({ content }) => content.includes("A thread was deleted"));
    await expect.poll(find, PATIENCE).toBeDefined();
    return find()!;
  };
  const shown = (id: string) => discord.messages(channel).find((message) => message.id === id)?.content ?? "";
  const refusal = async (person: Person, message: Parameters<Person["clicks"]>[0], button: string) =>
    (await (await person.clicks(message, button)).waitsForReply({ timeoutMs: 20_000 })).at(-1)?.content;
  return {
    discord,
    model,
    channel,
    ann,
    max,
    mallory,
    fixture,
    projectDir,
    git,
    treeOf,
    sessions,
    question,
    shown,
    refusal,
  };
}

test("a thread works in its own working copy and branch, over restarts; deleted, it is removed once all is merged", async () => {
  const {
    ann,
    max,
    mallory,
    channel,
    discord,
    fixture,
    projectDir,
    git,
    treeOf,
    sessions,
    question,
    shown,
    refusal,
  } = await scene();
  const daemon = await fixture.start();
  const thread = await ann.opensThread(await ann.says(channel, "The login is slow."), "Fix: the LOGIN page!");
  await ask(ann, thread, "My favourite colour is teal.");
  const branch = `claude/fix-the-login-page-${thread.id}`;
  expect(git("worktree", "list", "--porcelain")).toContain(`branch refs/heads/${branch}`);
  await daemon.stop();
  await fixture.start();
  const [colour] = await ask(ann, thread, "What is my favourite colour?");
  expect(colour?.content).toContain("teal");
  await ask(
    ann,
    thread,
    play(bash("pwd > where.txt; git add -A; git commit -qm 'Speed it up'; echo x > draft.txt"), "Done."),
  );
  expect(readFileSync(join(treeOf(thread), "where.txt"), "utf8").trim()).toBe(treeOf(thread));
  await ask(ann, channel, play(bash("pwd > here.txt"), "Done."));
  expect(readFileSync(join(projectDir, "here.txt"), "utf8").trim()).toBe(projectDir);
  expect(existsSync(join(projectDir, "where.txt"))).toBe(false);
  const [view] = await (await ann.runs(thread, "/session")).waitsForReply({ timeoutMs: 20_000 });
  expect(view?.content).toContain(`cd ${treeOf(thread)}\n`);
  expect(await refusal(ann, view!, "Fork into a thread")).toContain("own working copy");

  // Deleted while Claude works in it.
  await ann.says(thread, play(bash("tail -f /dev/null"), "Never."), { mention: true });
  await expect.poll(() => written(discord, thread).at(-1)?.content, PATIENCE).toContain("tail -f");
  await ann.says(thread, "And then this.", { mention: true });
  discord.guild.deleteChannel(thread);
  const asked = await question();
  expect(asked.content).toContain("1 file not committed: `draft.txt`");
  expect(asked.content).toMatch(/1 commit not merged .*: `[0-9a-f]{7,} Speed it up`/);
  expect(sessions().current(thread.id)).toBeUndefined();
  await expect
    .poll(
      () =>
        testDatabase(fixture.databaseFile)
          .prepare(
            "SELECT count(*) FROM turns WHERE conversation_id = ? AND state IN ('accepted','queued','running','delivering')",
          )
          .pluck()
          .get(thread.id),
      PATIENCE,
    )
    .toBe(0);

  // Not by who may not, and not while anything would be lost.
  expect(await refusal(mallory, asked, "Remove folder and branch")).toContain("Manage Server");
  expect(await refusal(ann, asked, "Remove folder and branch")).toContain("Manage Server");
  // What Discord shows, it may have shown before the bot hears so; a person can press again by then.
  discord.faults.failNext({
    path: /\/callback$|\/@original$/,
    status: "slow",
    delayMs: 4_000,
    afterTakingEffect: true,
  });
  await max.clicks(asked, "Remove folder and branch");
  await expect.poll(() => shown(asked.id), PATIENCE).toContain("Not removed: work would be lost");
  expect(existsSync(join(treeOf(thread), "draft.txt"))).toBe(true);
  await max.clicks(asked, "Keep");
  await expect.poll(() => shown(asked.id), PATIENCE).toContain(`**Kept** by <@${max.id}>`);
  rmSync(join(treeOf(thread), "draft.txt"));
  git("merge", "-q", branch);
  await max.clicks(asked, "Remove folder and branch");
  await expect.poll(() => shown(asked.id), PATIENCE).toContain(`**removed** by <@${max.id}>`);
  expect(existsSync(treeOf(thread))).toBe(false);
  expect(git("branch", "--list", "claude/*")).toBe("");
  expect(readFileSync(join(projectDir, "where.txt"), "utf8").trim()).toBe(treeOf(thread));
});

test("a working copy that is gone from the disk is told, and made anew from its branch after /reset; a thread that was deleted while the bot was away is noticed", async () => {
  const { ann, max, channel, discord, fixture, treeOf, question } = await scene();
  const daemon = await fixture.start();
  const thread = await ann.opensThread(channel, "Ideas");
  await ask(ann, thread, play(bash("echo one > one.txt; git add -A; git commit -qm one"), "Done."));
  await expect.poll(() => existsSync(join(treeOf(thread), "one.txt"))).toBe(true);
  rmSync(treeOf(thread), { recursive: true });
  await ann.says(thread, "Go on.", { mention: true });
  await expect
    .poll(() => written(discord, thread).at(-1)?.content, PATIENCE)
    .toContain(`The working copy of this thread is no longer at \`${treeOf(thread)}\``);
  const [sure] = await (await max.runs(thread, "/reset")).waitsForReply({ timeoutMs: 20_000 });
  await max.clicks(sure!, "Yes, reset");
  await expect.poll(() => written(discord, thread).at(-1)?.content, PATIENCE).toContain("reset the session");
  await ask(ann, thread, "My number is 11.");
  expect(readFileSync(join(treeOf(thread), "one.txt"), "utf8").trim()).toBe("one");

  await daemon.stop();
  discord.guild.deleteChannel(thread);
  await fixture.start();
  expect((await question()).content).toContain("1 commit not merged");

  // The project's removal leaves it, and says where it is.
  const { owner } = discord;
  const [remove] = await (await owner.runs(channel, "/remove-project")).waitsForReply({ timeoutMs: 20_000 });
  expect(remove?.content).toContain("1 working copy of a thread stays, on its branch");
  expect(remove?.content).toContain(`\`${treeOf(thread)}\` (branch \`claude/ideas-${thread.id}\`)`);
  await owner.clicks(remove!, "Yes, remove");
  await expect
    .poll(() => owner.sees(channel).find(({ id }) => id === remove!.id)?.content, PATIENCE)
    .toContain("So is 1 working copy of a thread");
  expect(existsSync(join(treeOf(thread), "one.txt"))).toBe(true);
});

test("where the project is no repository a person reads so, and what is asked then is answered once it is one", async () => {
  const { ann, channel, discord, fixture, git, treeOf } = await scene({ isRepository: false });
  await fixture.start();
  const thread = await ann.opensThread(channel, "Ideas");
  await ann.says(thread, "Begin.", { mention: true });
  await expect
    .poll(() => written(discord, thread).at(-1)?.content, PATIENCE)
    .toContain("is no git repository");
  git("init", "-q", "-b", "main");
  await ann.says(thread, "Begin.", { mention: true });
  await expect
    .poll(() => written(discord, thread).at(-1)?.content, PATIENCE)
    .toContain("Nothing is committed");
  git("commit", "-q", "--allow-empty", "-m", "begin");
  await ask(ann, thread, play(bash("echo one > one.txt"), "Done."));
  expect(existsSync(join(treeOf(thread), "one.txt"))).toBe(true);
});

test("a forum's post has a working copy too, and the question about a deleted one is a post", async () => {
  const { ann, max, channel, discord, fixture, treeOf, question } = await scene({
    type: ChannelType.GuildForum,
  });
  await fixture.start();
  const post = await ann.posts(channel, "Ideas", `${discord.bot.mention} My favourite colour is teal.`);
  await expect.poll(() => existsSync(treeOf(post)), PATIENCE).toBe(true);
  await expect.poll(() => written(discord, post).at(-1)?.content, PATIENCE).toContain("teal");
  discord.guild.deleteChannel(post);
  const offered = () =>
    discord.requests.findLast(
      ({ method, path }) => method === "POST" && path === `/channels/${channel.id}/threads`,
    );
  await expect.poll(offered, PATIENCE).toBeDefined();
  const where = [...discord.world.channels.values()].find(({ name }) => name === "Working copy of web")!;
  const asked = await question(where);
  expect(asked.content).toContain("Everything in it is committed and merged");
  await max.clicks(asked, "Remove folder and branch");
  await expect.poll(() => existsSync(treeOf(post)), PATIENCE).toBe(false);
});

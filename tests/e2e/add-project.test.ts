import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type APIMessage, ChannelType, PermissionFlagsBits } from "discord-api-types/v10";
import { expect, test } from "vitest";
import type { Person } from "../../src/loopback/discord/people/person.ts";
import type { LoopbackDiscord } from "../../src/loopback/discord/server.ts";
import { ask, written } from "../support/answers.ts";
import { daemonFixture } from "../support/daemon.ts";
import { gitServer } from "../support/git-server.ts";
import { processesWith } from "../support/processes-with.ts";
import { realWorld } from "../support/real-world.ts";

const PATIENCE = { timeout: 60_000 };

/** Olga is an administrator, max manages, ann talks; there is one project, and a git server with two repositories. */
async function scene() {
  const { discord, model } = await realWorld();
  const web = discord.addChannel("web");
  const here = discord.addChannel("here");
  const category = discord.addChannel("Projects", { type: ChannelType.GuildCategory });
  const olga = discord.addMember("olga", { permissions: PermissionFlagsBits.Administrator });
  const max = discord.addMember("max", { permissions: PermissionFlagsBits.ManageGuild });
  const ann = discord.addMember("ann");
  const git = await gitServer({ api: { "readme.md": "hello" }, private: { "key.txt": "secret" } });
  const fixture = daemonFixture({
    discord,
    modelUrl: model.url,
    projects: [{ name: "web", channel_id: web.id }],
  });
  git.setUpHome(fixture.home);
  const root = join(fixture.home, "projects");
  fixture.writeConfig({ projects_root: root });
  const comment = "# written by hand\n";
  writeFileSync(fixture.configFile, comment + readFileSync(fixture.configFile, "utf8"));
  const daemon = await fixture.start();
  await expect
    .poll(
      () => discord.requests.some(({ method, path }) => method === "PUT" && path.endsWith("/commands")),
      PATIENCE,
    )
    .toBe(true);
  /** Runs the command and gives the message that the person alone sees, as it is once `done`. */
  const adds = async (
    person: Person,
    options: Record<string, unknown>,
    done = /✅|❌|Cancelled|\b/,
  ): Promise<APIMessage> => {
    const interaction = await person.runs(here, "/add-project", options as never);
    const isDone = (all: APIMessage[]) =>
      all.some(({ content }) => done.test(content) && !content.startsWith("⏳"));
    return (await interaction.waitsForReply({ timeoutMs: 60_000, done: isDone })).at(-1)!;
  };
  const before = {
    config: readFileSync(fixture.configFile, "utf8"),
    folders: readdirSync(root),
    channels: channelCount(discord),
  };
  const now = () => ({
    config: readFileSync(fixture.configFile, "utf8"),
    folders: readdirSync(root),
    channels: channelCount(discord),
  });
  const channelNamed = (name: string) =>
    [...discord.world.channels.values()].find((channel) => channel.name === name);
  const everything = () =>
    [here, web]
      .flatMap((channel) => olga.sees(channel))
      .map(({ content }) => content)
      .join("\n");
  return {
    discord,
    web,
    here,
    category,
    olga,
    max,
    ann,
    git,
    fixture,
    root,
    daemon,
    adds,
    before,
    now,
    channelNamed,
    everything,
  };
}

test("a repository becomes a project in this channel, and Claude answers there without a restart", async () => {
  const { discord, here, olga, ann, git, fixture, root, adds, before } = await scene();
  const answer = await adds(olga, { project_name: "api", git_url: git.url("api"), model: "sonnet" });
  expect(answer.content).toContain(`✅ **api** is there: <#${here.id}> works in \`${join(root, "api")}\``);
  expect(answer.flags! & (1 << 6)).not.toBe(0);
  expect(readFileSync(join(root, "api", "readme.md"), "utf8")).toBe("hello");
  const config = readFileSync(fixture.configFile, "utf8");
  expect(config.startsWith("# written by hand\n")).toBe(true);
  expect(config).toContain("model: sonnet");
  expect(config.length).toBeGreaterThan(before.config.length);
  await expect
    .poll(() => written(discord, here).at(-1)?.content, PATIENCE)
    .toContain("is now the project **api**");
  const [reply] = await ask(ann, here, "My favourite colour is teal.");
  expect(reply?.content).toContain("teal");
});

test("a channel is made in a category, and a login in the address is shown, logged and kept nowhere", async () => {
  const { discord, category, olga, ann, git, fixture, root, adds, channelNamed, everything } = await scene();
  const url = git.url("private", "ann:secret");
  const answer = await adds(olga, {
    project_name: "Private.1",
    git_url: url,
    category,
    permission_mode: "plan",
  });
  expect(answer.content).toContain("✅ **Private.1** is there");
  expect(answer.content).toContain("kept nowhere");
  const made = channelNamed("private-1")!;
  expect(made.parentId).toBe(category.id);
  expect(readFileSync(join(root, "Private.1", ".git", "config"), "utf8")).not.toContain("secret");
  expect(everything()).not.toContain("secret");
  expect(JSON.stringify(fixture.log())).not.toContain("secret");
  expect(readFileSync(fixture.configFile, "utf8")).not.toContain("secret");
  await expect
    .poll(() => written(discord, made)[0]?.content, PATIENCE)
    .toContain("This channel is now the project **Private.1**");
  await ask(ann, made, "My favourite colour is teal.");
});

test("without an address it works in a folder of its own, or in the one that is named", async () => {
  const { olga, root, category, adds } = await scene();
  expect((await adds(olga, { project_name: "notes" })).content).toContain(join(root, "notes"));
  const second = { project_name: "more", directory: "notes", category };
  expect((await adds(olga, second)).content).toContain(`works in \`${join(root, "notes")}\``);
  expect(readdirSync(root).sort()).toEqual(["notes", "web"]);
});

test("what can't be is said in words, and nothing has changed", async () => {
  const { web, category, olga, git, adds, before, now } = await scene();
  for (const [options, message] of [
    [{ project_name: "../api", git_url: git.url("api") }, "A project's name has"],
    [{ project_name: "web", git_url: git.url("api"), category }, "There is a project called web already"],
    [{ project_name: "api", channel: web }, "belongs to the project web already"],
    [{ project_name: "api", git_url: "http://example.org/api.git" }, "Only https and ssh"],
    [{ project_name: "api", git_url: "ext::sh -c id" }, "Only https and ssh"],
    [{ project_name: "api", git_url: "--upload-pack=id" }, "Only https and ssh"],
    [{ project_name: "api", git_url: "file:///etc" }, "Only https and ssh"],
    [{ project_name: "api", git_url: git.url("api"), directory: "x" }, "not both"],
    [{ project_name: "api", channel: web, category }, "not both"],
    [{ project_name: "api", directory: "/etc" }, "only in"],
    [{ project_name: "api", git_url: git.url("nothing"), category }, "There is no such repository"],
    [
      { project_name: "api", git_url: git.url("private", "ann:wrong"), category },
      "There is no such repository",
    ],
    [{ project_name: "api", git_url: "https://127.0.0.1:9/x.git", category }, "can't be reached"],
    [{ project_name: "api", git_url: git.url("api"), model: "a b" }, "no name of a model"],
  ] as const) {
    const answer = await adds(olga, options);
    expect(answer.content, JSON.stringify(options)).toContain(message);
    expect(answer.content).not.toContain("wrong");
    expect(now()).toEqual(before);
  }
});

test("a channel that was made goes again when the configuration can't be written", async () => {
  const { olga, git, fixture, category, adds, now } = await scene();
  writeFileSync(fixture.configFile, "projects: [\n");
  const before = now();
  const answer = await adds(olga, { project_name: "api", git_url: git.url("api"), category });
  expect(answer.content).toContain("❌ **api** was not added");
  expect(now()).toEqual(before);
});

test("only administrators may, and a thread is told to be none", async () => {
  const { here, olga, max, ann, git, adds, before, now } = await scene();
  for (const person of [max, ann]) {
    const answer = await adds(person, { project_name: "api", git_url: git.url("api") });
    expect(answer.content).toContain("Administrator permission");
    expect(await person.typesOption(here, "/add-project", "directory", "", { project_name: "api" })).toEqual(
      [],
    );
  }
  const suggested = await olga.typesOption(here, "/add-project", "model", "son", { project_name: "api" });
  expect(suggested.map(({ value }) => value)).toContain("sonnet");
  const thread = await olga.opensThread(here, "a thread");
  const [reply] = await (await olga.runs(thread, "/add-project", { project_name: "api" })).waitsForReply();
  expect(reply?.content).toContain("not to a thread");
  expect(now()).toEqual(before);
});

test("cloning can be called off, by an administrator", async () => {
  const { here, olga, git, fixture, before, now } = await scene();
  git.hold();
  await olga.runs(here, "/add-project", { project_name: "api", git_url: git.url("api") });
  await expect.poll(() => git.requests.length, PATIENCE).toBeGreaterThan(0);
  const progress = olga.sees(here).at(-1)!;
  expect(progress.content).toContain("⏳ Adding **api**: cloning");
  await olga.clicks(progress, "Cancel");
  const shown = () => olga.sees(here).find(({ id }) => id === progress.id);
  await expect.poll(() => shown()?.content, PATIENCE).toBe("Cancelled: **api** was not added.");
  expect(shown()?.components).toEqual([]);
  expect(now()).toEqual(before);
  expect(git.requests.length).toBeGreaterThan(0);
  await expect.poll(() => gitProcesses(fixture.home)).toEqual([]);
});

test("kill -9 while it is cloned: the next start ends git, clears up and tells, and the next try works", async () => {
  const { discord, here, olga, git, fixture, daemon, root, adds, before, now } = await scene();
  const release = git.hold();
  await olga.runs(here, "/add-project", { project_name: "api", git_url: git.url("api") });
  await expect.poll(() => git.requests.length, PATIENCE).toBeGreaterThan(0);
  daemon.signal("SIGKILL");
  await daemon.ended;
  await fixture.start();
  expect(gitProcesses(fixture.home)).toEqual([]);
  await expect
    .poll(() => written(discord, here).map(({ content }) => content), PATIENCE)
    .toEqual([expect.stringContaining(`<@${olga.id}> The bot was restarted while it added **api**`)]);
  expect(now()).toEqual(before);
  release();
  await adds(olga, { project_name: "api", git_url: git.url("api") });
  expect(existsSync(join(root, "api", "readme.md"))).toBe(true);
});

function gitProcesses(home: string): string[] {
  return processesWith(`HOME=${home}`)
    .map((pid) => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ");
      } catch {
        return "";
      }
    })
    .filter((line) => line.includes("git"));
}

function channelCount({ world }: LoopbackDiscord): number {
  return [...world.channels.values()].filter(({ thread }) => thread === undefined).length;
}

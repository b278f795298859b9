import { chmodSync, existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { PermissionFlagsBits } from "discord-api-types/v10";
import { expect, onTestFinished, test } from "vitest";
import { parse } from "yaml";
import { loadConfig } from "../../src/config/load.ts";
import { type LoopbackDiscord, startLoopbackDiscord } from "../../src/loopback/discord/server.ts";
import { type CliFixture, cliFixture, type Outcome } from "../support/cli.ts";
import { tempDir } from "../support/temp-dir.ts";

interface Newcomer extends CliFixture {
  readonly discord: LoopbackDiscord;
  /** Runs init with these flags besides those that every one needs here. */
  init(...flags: string[]): Promise<Outcome>;
}

/** A person with a token and an empty home; nothing is asked. */
async function newcomer(options: Parameters<typeof startLoopbackDiscord>[0] = {}): Promise<Newcomer> {
  const discord = await startLoopbackDiscord({ guildName: "Home", ...options });
  onTestFinished(() => discord.stop());
  const home = tempDir();
  const fixture = cliFixture(undefined, home);
  const folder = tempDir();
  setClaude(folder, '{"loggedIn":true,"authMethod":"claude.ai"}');
  fixture.env.PATH = `${folder}:${process.env.PATH}`;
  fixture.env.DISCORD_TOKEN = discord.token;
  const init = (...flags: string[]) =>
    fixture.run(["init", "--service", "none", "--api-url", discord.apiUrl, ...flags]);
  return { ...fixture, discord, init };
}

function setClaude(folder: string, login: string, version = "2.1.330"): void {
  const script = `#!/bin/sh\ncase "$1" in --version) echo '${version} (Claude Code)';; auth) echo '${login}';; esac\n`;
  writeFileSync(join(folder, "claude"), script);
  chmodSync(join(folder, "claude"), 0o755);
}

test("flags and --yes set everything up without a question", async () => {
  const { discord, init, home, config, configFile, env } = await newcomer();
  const web = discord.addChannel("web");
  discord.addChannel("general");
  const ann = discord.addMember("ann", { displayName: "Ann B." });
  const bob = discord.addMember("bob");
  const role = discord.guild.addRole("Developers");
  const outcome = await init(
    ...["--yes", "--json", "--channel", "#web", "--name", "site", "--dir", "~/site", "--model", "opus"],
    ...["--permission-mode", "acceptEdits", "--allowed-tools", "Read,Bash(git log, git diff)"],
    ...[
      "--mention",
      "optional",
      "--allow-user",
      "@Ann",
      "--allow-user",
      bob.id,
      "--allow-role",
      "developers",
    ],
  );
  expect(outcome).toMatchObject({ code: 0 });
  expect(parse(config())).toEqual({
    discord: { token: discord.token, api_url: discord.apiUrl },
    access: { users: [ann.id, bob.id], roles: [role.id] },
    projects: [
      {
        name: "site",
        channel_id: web.id,
        project_dir: join(home, "site"),
        allowed_tools: ["Read", "Bash(git log, git diff)"],
        model: "opus",
        permission_mode: "acceptEdits",
        mention: "optional",
      },
    ],
  });
  expect(config()).toContain(`- "${ann.id}" # Ann B.`);
  expect(JSON.parse(outcome.stdout)).toMatchObject({
    config: configFile,
    channel: { id: web.id, name: "web" },
  });
  expect(existsSync(join(home, "site"))).toBe(true);
  expect(discord.messages(web)).toHaveLength(1);
  expect(outcome.stderr + outcome.stdout).not.toContain(discord.token);
  expect(
    loadConfig({ path: configFile, env: { ...env, DISCORD_TOKEN: undefined } }).config.discord.token,
  ).toBe(discord.token);
});

test("with --yes alone, what is recommended counts", async () => {
  const { discord, init, config } = await newcomer();
  const only = discord.addChannel("general");
  expect(await init("--yes", "--dir", tempDir(), "--no-hello")).toMatchObject({ code: 0 });
  const written = parse(config());
  expect(written.access).toBeUndefined();
  expect(written.projects[0]).toMatchObject({
    name: "general",
    channel_id: only.id,
    permission_mode: "default",
    allowed_tools: ["Read", "Glob", "Grep"],
  });
  expect(discord.messages(only)).toEqual([]);
});

test("the token can come from stdin, and never from the command line", async () => {
  const fixture = await newcomer();
  fixture.discord.addChannel("web");
  const { env } = fixture;
  env.DISCORD_TOKEN = undefined;
  const missing = await fixture.init("--yes");
  expect(missing).toMatchObject({ code: 2 });
  expect(missing.stderr).toContain("--token-stdin or DISCORD_TOKEN");
  env.DISCORD_TOKEN = "Bot abc";
  expect((await fixture.init("--yes")).stderr).toContain(
    'DISCORD_TOKEN: expected the token alone, found "Bot"',
  );
});

const wrong: [what: string, flags: string[], code: number, says: string | RegExp][] = [
  ["a channel that is not there", ["--channel", "webb"], 2, "There are: #web, #general."],
  ["no channel", ["--yes"], 2, "--channel (there are: #web, #general) is missing"],
  [
    "a guild that the bot is not in",
    ["--guild", "Work"],
    2,
    /--guild Work: the bot is not in it.*Home \(\d+\)/,
  ],
  ["an unknown member", ["--channel", "web", "--allow-user", "zoe"], 2, "no member of Home is called so"],
  ["half a name", ["--channel", "web", "--allow-user", "an"], 2, /There are: ann \(\d+\)\./],
  ["an unknown role", ["--channel", "web", "--allow-role", "dev"], 2, "There are: Developers ("],
  ["two ways of access", ["--channel", "web", "--allow-user", "ann", "--allow-everyone"], 2, "Give one of"],
  ["a model of two words", ["--channel", "web", "--model", "the best"], 2, "expected sonnet, opus, haiku"],
  ["an unknown mode", ["--permission-mode", "yolo"], 2, "Allowed choices are default, acceptEdits"],
  [
    "a folder that is a file",
    ["--channel", "web", "--dir", "/etc/hostname"],
    2,
    "expected a folder, found a file",
  ],
  [
    "a flag as a repository",
    ["--channel", "web", "--clone=--upload-pack=id"],
    2,
    "Expected the address of a repository",
  ],
  [
    "a program as a repository",
    ["--channel", "web", "--clone", "ext::sh -c id"],
    2,
    "Expected the address of a repository",
  ],
  ["a bad address of the API", ["--api-url", "discord.com"], 2, "expected an http or https address"],
  ["a time without unit", ["--wait", "5"], 2, "Expected a time such as 30s, 5m or 1h."],
  ["a name with a line break", ["--channel", "web", "--name", "a\nb"], 2, "Expected 1 to 100 characters"],
  ["a login that needs a terminal", ["--channel", "web", "--claude-login", "now"], 2, "needs a terminal"],
  [
    "a token that is not there",
    ["--channel", "web", "--claude-login", "token"],
    2,
    "CLAUDE_CODE_OAUTH_TOKEN is",
  ],
];

test.each(wrong)(
  "%s is refused, with what is right, and nothing is written",
  async (_what, flags, code, says) => {
    const { discord, init, stateDir, home } = await newcomer();
    discord.addChannel("web");
    discord.addChannel("general");
    discord.addMember("ann");
    discord.guild.addRole("Developers");
    const outcome = await init("--yes", ...flags);
    expect(outcome).toMatchObject({ code, stdout: "" });
    expect(outcome.stderr).toMatch(says);
    expect(readdirSync(stateDir)).toEqual([]);
    expect(readdirSync(home)).toEqual([".claude-coordinator"]);
  },
);

test("bypassPermissions is refused for root, with the reason; another user gets all tools", async () => {
  const { discord, init, config, stateDir } = await newcomer();
  discord.addChannel("web");
  const { code, stderr } = await init("--yes", "--dir", tempDir(), "--permission-mode", "bypassPermissions");
  if (process.getuid?.() === 0) {
    expect(code).toBe(2);
    expect(stderr).toContain("Claude Code refuses bypassPermissions for root");
    expect(readdirSync(stateDir)).toEqual([]);
  } else {
    expect(code).toBe(0);
    expect(parse(config()).projects[0].allowed_tools).toContain("Bash");
  }
});

test("a bot in no server, without the intent or without a permission is refused with what to click", async () => {
  const { discord, init, stateDir } = await newcomer({ messageContentAllowed: false });
  const web = discord.addChannel("web");
  const intent = await init("--yes");
  expect(intent).toMatchObject({ code: 78 });
  expect(intent.stderr).toContain(`applications/${discord.bot.id}/bot`);

  discord.world.messageContentAllowed = true;
  discord.guild.removeBot();
  const alone = await init("--yes");
  expect(alone).toMatchObject({ code: 1 });
  expect(alone.stderr).toMatch(/client_id=\d+&scope=bot\+applications\.commands&permissions=\d+/);

  discord.guild.addBot();
  discord.guild.setOverwrite(web, discord.guild.id, { deny: PermissionFlagsBits.SendMessages });
  discord.guild.setOverwrite(web, discord.bot.id, { deny: PermissionFlagsBits.SendMessages });
  const silent = await init("--yes");
  expect(silent).toMatchObject({ code: 1 });
  expect(silent.stderr).toContain("Send Messages: without it the bot can't answer");
  expect(readdirSync(stateDir)).toEqual([]);
});

test("--wait waits for the click", async () => {
  const { discord, init, config } = await newcomer();
  discord.addChannel("web");
  discord.guild.removeBot();
  const asked = () => discord.requests.filter(({ path }) => path === "/users/@me/guilds").length;
  const ended = init("--yes", "--wait", "1m", "--dir", tempDir());
  await expect.poll(asked).toBeGreaterThan(1);
  discord.guild.addBot();
  expect(await ended).toMatchObject({ code: 0 });
  expect(parse(config()).projects).toHaveLength(1);
});

test("without a working Claude Code it says how to install it; --no-claude-check goes on", async () => {
  const { discord, init, config, stateDir, env } = await newcomer();
  discord.addChannel("web");
  const folder = tempDir();
  env.PATH = `${folder}:/usr/bin:/bin`;
  const missing = await init("--yes", "--dir", tempDir());
  expect(missing).toMatchObject({ code: 78 });
  expect(missing.stderr).toContain("npm install --global @anthropic-ai/claude-code");
  setClaude(folder, "{}", "1.0.0");
  expect((await init("--yes", "--dir", tempDir())).stderr).toContain("Claude Code 1.0.0 is older than");
  expect(readdirSync(stateDir)).toEqual([]);
  expect(await init("--yes", "--dir", tempDir(), "--no-claude-check")).toMatchObject({ code: 0 });
  expect(parse(config()).projects).toHaveLength(1);
});

test("a token of claude setup-token is kept for Claude alone", async () => {
  const { discord, init, config, env } = await newcomer();
  discord.addChannel("web");
  env.CLAUDE_CODE_OAUTH_TOKEN = "made-up";
  expect(await init("--yes", "--dir", tempDir(), "--claude-login", "token")).toMatchObject({ code: 0 });
  expect(parse(config()).claude).toEqual({ env: { CLAUDE_CODE_OAUTH_TOKEN: "made-up" } });
});

test("a clone that fails leaves neither folder nor config behind", async () => {
  const { discord, init, home, stateDir } = await newcomer();
  discord.addChannel("web");
  const dir = join(home, "deep/er/web");
  const gone = join(tempDir(), "missing");
  const failed = await init("--yes", "--clone", gone, "--dir", dir);
  expect(failed).toMatchObject({ code: 1 });
  expect(failed.stderr).toContain("git could not clone it");
  expect(existsSync(join(home, "deep"))).toBe(false);
  expect(readdirSync(stateDir)).toEqual([]);
});

test("what can't be written takes back what was made before it", async () => {
  const { discord, init, home, stateDir, configFile } = await newcomer();
  discord.addChannel("web");
  // Somebody else's command holds the lock, and goes on.
  writeFileSync(`${configFile}.lock`, "- 1 -\n");
  const outcome = await init("--yes", "--dir", join(home, "new"));
  expect(outcome).toMatchObject({ code: 1 });
  expect(outcome.stderr).toContain("Another command is changing the configuration");
  expect(existsSync(join(home, "new"))).toBe(false);
  expect(readdirSync(stateDir)).toEqual(["config.yaml.lock"]);
});

test("run again by flags, it changes one project or adds another", async () => {
  const { discord, init, config } = await newcomer();
  const web = discord.addChannel("web");
  const api = discord.addChannel("api");
  const dir = tempDir();
  expect(await init("--yes", "--channel", "web", "--dir", dir, "--allow-everyone")).toMatchObject({
    code: 0,
  });
  const first = config();
  expect(await init("--yes", "--channel", "web")).toMatchObject({ code: 0 });
  expect(config()).toBe(first);

  expect(await init("--yes", "--channel", "api", "--name", "api", "--dir", dir, "--no-hello")).toMatchObject({
    code: 0,
  });
  expect(config().startsWith(first)).toBe(true);
  expect(await init("--yes", "--name", "web", "--model", "haiku", "--allow-managers")).toMatchObject({
    code: 0,
  });
  const written = parse(config());
  expect(written.access).toBeUndefined();
  expect(written.projects).toMatchObject([
    { name: "web", channel_id: web.id, model: "haiku" },
    { name: "api", channel_id: api.id },
  ]);
  const taken = await init("--yes", "--name", "web", "--channel", api.id);
  expect(taken).toMatchObject({ code: 2 });
  expect(taken.stderr).toContain("it is already used for api");
});

test("a config with a mistake in it is not touched", async () => {
  const fixture = await newcomer();
  fixture.discord.addChannel("web");
  fixture.writeConfig("nonsense: 1\n");
  const { code, stderr } = await fixture.init("--yes");
  expect(code).toBe(78);
  expect(stderr).toContain("Mend it first: claude-coord config edit");
  expect(readFileSync(fixture.configFile, "utf8")).toBe("nonsense: 1\n");
});

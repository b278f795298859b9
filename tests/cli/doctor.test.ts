import { execFile } from "node:child_process";
import { chmodSync, chownSync, constants, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import Sqlite from "better-sqlite3";
import { ChannelType, PermissionFlagsBits } from "discord-api-types/v10";
import { expect, onTestFinished, test } from "vitest";
import { checkConfigFile } from "../../src/cli/doctor/check-config.ts";
import { checkDiscord } from "../../src/cli/doctor/check-discord.ts";
import { checkDisk } from "../../src/cli/doctor/check-disk.ts";
import { checkNode } from "../../src/cli/doctor/check-node.ts";
import { checkProjects } from "../../src/cli/doctor/check-projects.ts";
import { checkSafety } from "../../src/cli/doctor/check-safety.ts";
import type { Finding } from "../../src/cli/doctor/finding.ts";
import { unitTokenFile } from "../../src/cli/doctor/unit-token-file.ts";
import { checkConfig, loadConfig } from "../../src/config/load.ts";
import { inspectDiscord } from "../../src/discord/setup/inspect.ts";
import { NEEDED_PERMISSIONS } from "../../src/discord/setup/needed-permissions.ts";
import { type LoopbackDiscord, startLoopbackDiscord } from "../../src/loopback/discord/server.ts";
import { lockInstance } from "../../src/sqlite/instance-lock.ts";
import { type CliFixture, cliFixture } from "../support/cli.ts";
import { testDatabase } from "../support/database.ts";
import { tempDir } from "../support/temp-dir.ts";

const OTHER = "923456789012345678";

interface Patient extends CliFixture {
  readonly discord: LoopbackDiscord;
  readonly web: { readonly id: string };
  readonly projectDir: string;
  /** Runs doctor --json; its findings, by what was looked at. */
  examine(): Promise<{ code: number; findings: Finding[]; of: (check: string) => Finding[] }>;
  configure(change: Record<string, unknown>): void;
  /** Which version the claude command tells, and what `auth status` prints. */
  setClaude(version: string, authStatus: string): void;
}

/** An installation where all is well. */
async function healthy(options: Parameters<typeof startLoopbackDiscord>[0] = {}): Promise<Patient> {
  const discord = await startLoopbackDiscord(options);
  onTestFinished(() => discord.stop());
  const web = discord.addChannel("web");
  const projectDir = tempDir();
  const command = join(tempDir(), "claude");
  const fixture = cliFixture();
  const setClaude = (version: string, authStatus: string) => {
    writeFileSync(
      command,
      `#!/bin/sh\ncase "$1" in --version) echo '${version} (Claude Code)';; auth) echo '${authStatus}';; esac\n`,
    );
    chmodSync(command, 0o755);
  };
  setClaude("2.1.330", '{"loggedIn":true,"authMethod":"claude.ai"}');
  const configure = (change: Record<string, unknown>) =>
    fixture.writeConfig({
      discord: { token: discord.token, api_url: discord.apiUrl },
      access: { users: [discord.owner.id] },
      claude: { command },
      projects: [{ name: "web", channel_id: web.id, project_dir: projectDir }],
      ...change,
    });
  configure({});
  testDatabase(fixture.databaseFile);
  const examine = async () => {
    const { code, stdout } = await fixture.run(["doctor", "--json"]);
    const { findings } = JSON.parse(stdout) as { findings: Finding[] };
    const of = (check: string) => findings.filter((finding) => finding.check === check);
    return { code, findings, of };
  };
  return { ...fixture, discord, web, projectDir, examine, configure, setClaude };
}

/** Where the tests run as root, so does what they install: that one is no fault of the test's. */
const notRoot = ({ check }: { check: string }) => check !== "safety.root";

test("where all is well, doctor finds nothing wrong", async () => {
  const patient = await healthy();
  const release = lockInstance(join(patient.stateDir, "sessions.lock"));
  onTestFinished(release);
  chmodSync(join(patient.stateDir, "sessions.lock"), 0o600);
  const { code, findings } = await patient.examine();
  expect(findings.filter(({ status }) => status !== "ok").filter(notRoot)).toEqual([]);
  expect(code).toBe(0);
  expect(findings.map(({ check }) => check)).toEqual(
    expect.arrayContaining([
      ...[
        "node",
        "config",
        "claude",
        "claude.login",
        "discord.token",
        "discord.intent",
        "discord.channel.web",
      ],
      ...["clock", "project.web", "files", "database", "disk", "daemon"],
    ]),
  );
});

test("people get a line each, the fix below it, and the count", async () => {
  const { run, setClaude } = await healthy();
  setClaude("2.1.330", '{"loggedIn":false,"authMethod":"none"}');
  const { code, stdout } = await run(["doctor"]);
  expect(code).toBe(1);
  expect(stdout).toMatch(/^ok {6}Node /);
  expect(stdout).toMatch(/\nproblem Claude is not logged in\n {8}→ As the service's user: claude auth login/);
  expect(stdout).toMatch(/\n\d+ ok, \d+ warnings?, 1 problem\n$/);
});

test.each([
  { version: "18.20.0", status: "problem" },
  { version: "22.22.1", status: "problem" },
  { version: "22.22.2", status: "ok" },
  { version: "23.11.0", status: "problem" },
  { version: "24.14.9", status: "problem" },
  { version: "24.15.0", status: "ok" },
  { version: "26.0.0", status: "ok" },
])("Node $version is $status", ({ version, status }) => {
  expect(checkNode(version).status).toBe(status);
});

test("a config with mistakes is told with lines, and what needs none is still looked at", async () => {
  const { examine, configure } = await healthy();
  configure({ logging: { level: "loud" }, restart: "never" });
  const { code, of } = await examine();
  expect(code).toBe(1);
  expect(of("config").map(({ status }) => status)).toEqual(["problem", "problem"]);
  expect(of("config")[0]?.message).toMatch(/config\.yaml:\d+:\d+: logging\.level/);
  expect(of("database")).toMatchObject([{ status: "ok" }]);
});

test("without a config, the fix is a copy of the example", async () => {
  const { run } = cliFixture();
  const { code, stdout } = await run(["doctor"]);
  expect(code).toBe(1);
  expect(stdout).toMatch(/there is no such file\n.*config\.example\.yaml/);
});

test("a config that works, but not well, is a warning", async () => {
  const { examine, configure } = await healthy();
  configure({ projects: [] });
  expect((await examine()).of("config.projects")).toMatchObject([
    { status: "warning", fix: "claude-coord project add" },
  ]);
});

test("no token is a problem, and a warning where the service has its own", async () => {
  const { configure, discord, configFile, env } = await healthy();
  configure({ discord: { api_url: discord.apiUrl } });
  const checked = checkConfig({ path: configFile, env, needsToken: false });
  const look = (isRunning: boolean, tokenFile?: string) =>
    checkConfigFile(checked, configFile, { isRunning, unitTokenFile: tokenFile }).at(-1);
  expect(look(false)).toMatchObject({ check: "config.token", status: "problem" });
  expect(look(true)).toMatchObject({ check: "config.token", status: "warning" });
  expect(look(false, "/etc/bot/token")).toMatchObject({
    status: "warning",
    fix: `DISCORD_TOKEN="$(sudo cat '/etc/bot/token')" claude-coord doctor`,
  });
});

test("where the service's token is, is read from its unit", () => {
  const unit = join(tempDir(), "claude-coord.service");
  expect(unitTokenFile(unit)).toBeUndefined();
  for (const line of [
    "LoadCredential=discord-token:/etc/bot/token",
    'LoadCredential="discord-token:/etc/bot/token"',
  ]) {
    writeFileSync(unit, `[Service]\n${line}\nRestart=always\n`);
    expect(unitTokenFile(unit)).toBe("/etc/bot/token");
  }
});

test.each([
  { fault: "not there", command: "/nowhere/claude", fix: "npm install -g @anthropic-ai/claude-code" },
  { fault: "no Claude Code", command: "/bin/true", fix: "npm install -g @anthropic-ai/claude-code" },
])("a claude that is $fault is a problem", async ({ command, fix }) => {
  const { examine, configure } = await healthy();
  configure({ claude: { command } });
  const [finding] = (await examine()).of("claude");
  expect(finding?.status).toBe("problem");
  expect(finding?.fix).toContain(fix);
});

test("a claude that is too old is a problem, one newer than tested a warning", async () => {
  const { examine, setClaude } = await healthy();
  setClaude("1.0.3", "{}");
  const old = (await examine()).of("claude");
  expect(old).toMatchObject([{ status: "problem" }]);
  expect(old[0]?.fix).toContain("claude-code@latest");
  setClaude("99.0.0", '{"loggedIn":true,"authMethod":"claude.ai"}');
  expect((await examine()).of("claude.version")).toMatchObject([{ status: "warning" }]);
});

test("Claude's home that can't be written is a problem", async () => {
  const { examine, home } = await healthy();
  writeFileSync(join(home, ".claude"), "a file where the folder should be");
  const [finding] = (await examine()).of("claude");
  expect(finding).toMatchObject({ status: "problem" });
  expect(finding?.message).toContain("can't keep its sessions");
});

test("a damaged .claude.json is a problem", async () => {
  const { examine, home } = await healthy();
  writeFileSync(join(home, ".claude.json"), '{"half":');
  const [finding] = (await examine()).of("claude.config");
  expect(finding).toMatchObject({ status: "problem" });
  expect(finding?.fix).toContain(".claude.json");
});

test("not being logged in is a problem, not being able to tell a warning", async () => {
  const { examine, setClaude } = await healthy();
  setClaude("2.1.330", '{"loggedIn":false,"authMethod":"none"}');
  expect((await examine()).of("claude.login")).toMatchObject([{ status: "problem" }]);
  setClaude("2.1.330", "no JSON");
  expect((await examine()).of("claude.login")).toMatchObject([{ status: "warning" }]);
});

test("Discord that can't be reached is a problem", async () => {
  const { examine, discord } = await healthy();
  await discord.stop();
  const { of, code } = await examine();
  expect(code).toBe(1);
  expect(of("discord")).toMatchObject([{ status: "problem" }]);
  expect(of("discord")[0]?.message).toContain("ECONNREFUSED");
});

test("a token that Discord refuses is a problem", async () => {
  const { examine, configure, discord } = await healthy();
  configure({ discord: { token: "another.made-up.token", api_url: discord.apiUrl } });
  expect((await examine()).of("discord.token")).toMatchObject([{ status: "problem" }]);
});

test("the Message Content intent switched off is a problem", async () => {
  const { examine } = await healthy({ messageContentAllowed: false });
  expect((await examine()).of("discord.intent")).toMatchObject([{ status: "problem" }]);
});

test("a guild without the bot is a problem with the invitation, and so is a channel of another guild", async () => {
  const { examine, configure, discord } = await healthy();
  configure({ discord: { token: discord.token, api_url: discord.apiUrl, guild_id: OTHER } });
  const { of } = await examine();
  expect(of("discord.guild")).toMatchObject([{ status: "problem" }]);
  expect(of("discord.guild")[0]?.fix).toContain(`client_id=${discord.bot.id}`);
  expect(of("discord.channel.web")[0]?.message).toContain(`only ${OTHER} is served`);
  configure({ discord: { token: discord.token, api_url: discord.apiUrl, guild_id: discord.guild.id } });
  expect((await examine()).of("discord.channel.web")).toMatchObject([{ status: "ok" }]);
});

test("a channel that is unknown, hidden or not for text is a problem", async () => {
  const { examine, configure, discord, web, projectDir } = await healthy();
  const project = (channel_id: string) => ({
    projects: [{ name: "web", channel_id, project_dir: projectDir }],
  });
  const message = async () =>
    (await examine()).of("discord.channel.web").map((each) => [each.status, each.message]);

  configure(project(OTHER));
  expect(await message()).toEqual([["problem", expect.stringContaining(`there is no channel ${OTHER}`)]]);
  configure(project(discord.addChannel("all", { type: ChannelType.GuildCategory }).id));
  expect(await message()).toEqual([["problem", expect.stringContaining("#all is no channel for text")]]);
  configure(project(web.id));
  discord.guild.setOverwrite(web, discord.guild.id, { deny: PermissionFlagsBits.ViewChannel });
  expect(await message()).toEqual([["problem", expect.stringContaining("View Channel is missing")]]);
});

test.each(NEEDED_PERMISSIONS.filter(({ name }) => name !== "ViewChannel"))(
  "without $title in the channel, doctor names it and what does not work",
  async ({ name, title, without, essential }) => {
    const { examine, discord, web } = await healthy();
    discord.guild.setOverwrite(web, discord.bot.id, { deny: PermissionFlagsBits[name] });
    expect((await examine()).of("discord.channel.web")).toEqual([
      {
        check: "discord.channel.web",
        status: essential ? "problem" : "warning",
        message: `web: ${title} is missing in #web: ${without}`,
        fix: `Channel settings, Permissions, the bot: allow ${title}`,
      },
    ]);
  },
);

test("the channels for alerts and for setting up are looked at too, each for what is done there", async () => {
  const { configure, discord, examine } = await healthy();
  const alerts = discord.addChannel("admins");
  configure({ alerts: { channel_id: alerts.id }, setup_channel: OTHER });
  const messages = async () => {
    const { of } = await examine();
    return ["alerts", "setup_channel"].map((name) => of(`discord.channel.${name}`)[0]?.message);
  };
  const unknown = `setup_channel: there is no channel ${OTHER}`;
  const { AddReactions, SendMessages } = PermissionFlagsBits;
  discord.guild.setOverwrite(alerts, discord.bot.id, { deny: AddReactions });
  expect(await messages()).toEqual(["alerts: all 2 permissions in #admins", unknown]);
  discord.guild.setOverwrite(alerts, discord.bot.id, { deny: SendMessages });
  expect(await messages()).toEqual([
    "alerts: Send Messages is missing in #admins: the bot can't answer",
    unknown,
  ]);
});

test("permissions are counted as Discord counts them: roles, overwrites in order, Administrator", async () => {
  const { discord, web } = await healthy();
  const missing = async () => {
    const { apiUrl, token } = discord;
    const options = { apiUrl, token, guildId: undefined, channelIds: [web.id], now: Date.now };
    const found = await inspectDiscord(options);
    const channel = found.state === "logged_in" ? found.channels[0] : undefined;
    return channel?.state === "found" ? channel.missing.map(({ name }) => name) : channel?.state;
  };
  const embed = PermissionFlagsBits.EmbedLinks;
  const files = PermissionFlagsBits.AttachFiles;
  discord.guild.setOverwrite(web, discord.guild.id, { deny: embed | files });
  expect(await missing()).toEqual(["AttachFiles", "EmbedLinks"]);
  const role = discord.guild.addRole("helpers");
  discord.guild.setOverwrite(web, role, { allow: embed });
  expect(await missing()).toEqual(["AttachFiles", "EmbedLinks"]);
  discord.guild.setRoles(discord.bot.id, [role]);
  expect(await missing()).toEqual(["AttachFiles"]);
  discord.guild.setOverwrite(web, discord.bot.id, { allow: files, deny: embed });
  expect(await missing()).toEqual(["EmbedLinks"]);
  discord.guild.setRolePermissions(role, PermissionFlagsBits.Administrator);
  expect(await missing()).toEqual([]);
});

test("a clock that is wrong is a warning", async () => {
  const { discord, configFile, env } = await healthy();
  const { config } = loadConfig({ path: configFile, env });
  const at = async (offsetMs: number) => {
    const { apiUrl, token } = discord;
    const options = { apiUrl, token, guildId: undefined, channelIds: [], now: () => Date.now() + offsetMs };
    return checkDiscord(await inspectDiscord(options), config).filter(({ check }) => check === "clock");
  };
  expect(await at(0)).toMatchObject([{ status: "ok" }]);
  expect((await at(-120_000))[0]).toMatchObject({
    status: "warning",
    message: expect.stringMatching(/1[12]\d s behind/),
  });
  expect((await at(120_000))[0]?.message).toMatch(/1[12]\d s ahead of/);
});

test("a project folder that this user can't read is a problem; can't write, a warning, but for plan mode", async () => {
  const { configFile, configure, env, projectDir } = await healthy();
  const look = (may: number) => {
    const { config } = loadConfig({ path: configFile, env });
    // What root is never refused, another user may be.
    return checkProjects(config.projects, (_folder, mode) => (mode & ~may) === 0).map(({ status }) => status);
  };
  const readable = constants.R_OK | constants.X_OK;
  expect(look(constants.R_OK)).toEqual(["problem"]);
  expect(look(readable)).toEqual(["warning"]);
  expect(look(readable | constants.W_OK)).toEqual(["ok"]);
  const plan = { name: "web", channel_id: OTHER, project_dir: projectDir, permission_mode: "plan" };
  configure({ projects: [plan, { ...plan, name: "far", channel_id: `${OTHER}1`, host: "builder" }] });
  expect(look(readable)).toEqual(["ok"]);
});

test("a project folder that is gone is a problem of the config", async () => {
  const { examine, configure, web } = await healthy();
  configure({ projects: [{ name: "web", channel_id: web.id, project_dir: "/nowhere/at/all" }] });
  const { of } = await examine();
  expect(of("config")[0]).toMatchObject({ status: "problem", fix: "Run: mkdir -p '/nowhere/at/all'" });
});

test("a home that others can look into is a warning", async () => {
  const { examine, stateDir } = await healthy();
  mkdirSync(join(stateDir, "logs"), { mode: 0o755 });
  expect((await examine()).of("files.mode")).toEqual([]);
  chmodSync(stateDir, 0o755);
  const [finding] = (await examine()).of("files.mode");
  expect(finding).toMatchObject({ status: "warning", fix: `chmod -R go= '${stateDir}'` });
  expect(finding?.message).toContain(join(stateDir, "logs"));
});

test("a config with the token that others can read is a problem", async () => {
  const { examine, configFile } = await healthy();
  chmodSync(configFile, 0o644);
  expect((await examine()).of("config")[0]).toMatchObject({
    status: "problem",
    fix: `Run: chmod 600 '${configFile}'`,
  });
});

test.runIf(process.getuid?.() === 0)(
  "files of another user, and a home of another user, are warnings",
  async () => {
    const { examine, databaseFile, stateDir } = await healthy();
    chownSync(databaseFile, 65534, 65534);
    expect((await examine()).of("files.owner")[0]?.message).toContain(databaseFile);
    chownSync(databaseFile, 0, 0);
    chownSync(stateDir, 65534, 65534);
    const [finding] = (await examine()).of("files.user");
    expect(finding).toMatchObject({ status: "warning", fix: "sudo -u '#65534' claude-coord doctor" });
  },
);

test("a home that this user can't look into is a problem", async () => {
  const home = tempDir();
  const check = new URL("../../src/cli/doctor/check-files.ts", import.meta.url);
  chmodSync(home, 0o000);
  // Root may look everywhere, so there it is left to a process that is no longer root.
  const script = `const { checkFiles } = await import("${check}");
    if (process.getuid() === 0) process.seteuid(65534);
    console.log(JSON.stringify(checkFiles("${home}", process.geteuid())));`;
  const { stdout } = await promisify(execFile)(process.execPath, ["--input-type=module", "--eval", script]);
  expect(JSON.parse(stdout)).toEqual([
    expect.objectContaining({ check: "files", status: "problem", fix: "sudo claude-coord doctor" }),
  ]);
});

test("a file that is no database is a problem", async () => {
  const fixture = cliFixture();
  writeFileSync(fixture.databaseFile, "this is no database, and it never was one. ".repeat(100));
  expect(await databaseFinding(fixture)).toMatchObject({ status: "problem" });
});

test("a database with a torn page is a problem", async () => {
  const fixture = cliFixture();
  const db = new Sqlite(fixture.databaseFile);
  db.exec("BEGIN; CREATE TABLE t (a TEXT); CREATE INDEX i ON t (a)");
  const insert = db.prepare("INSERT INTO t VALUES (?)");
  for (let n = 0; n < 2000; n++) insert.run(`a row that takes some room ${n}`);
  db.exec("COMMIT");
  db.close();
  const bytes = readFileSync(fixture.databaseFile);
  writeFileSync(fixture.databaseFile, bytes.fill(0xff, 4096 * 3, 4096 * 4));
  expect(await databaseFinding(fixture)).toMatchObject({ status: "problem" });
});

async function databaseFinding(fixture: CliFixture): Promise<Finding | undefined> {
  const { stdout } = await fixture.run(["doctor", "--json"]);
  const { findings } = JSON.parse(stdout) as { findings: Finding[] };
  return findings.find(({ check }) => check === "database");
}

test("a newer database is a problem, an older one a warning", async () => {
  const { examine, databaseFile } = await healthy();
  const setVersion = (version: number) => {
    const db = new Sqlite(databaseFile);
    db.pragma(`user_version = ${version}`);
    db.close();
  };
  setVersion(99);
  expect((await examine()).of("database.schema")).toMatchObject([{ status: "problem" }]);
  setVersion(0);
  expect((await examine()).of("database.schema")).toMatchObject([{ status: "warning" }]);
});

const GIB = 2 ** 30;

test("little room on a disk is a warning, hardly any a problem, and each disk is told once", () => {
  const at = (bytes: number) =>
    checkDisk(["/a", "/b"], () => ({ disk: "1", bytes }), GIB).map(({ status }) => status);
  expect(at(50 * 2 ** 20)).toEqual(["problem"]);
  expect(at(500 * 2 ** 20)).toEqual(["warning"]);
  expect(at(5 * 2 ** 30)).toEqual(["ok"]);
  expect(checkDisk(["/a", "/b"], (folder) => ({ disk: folder, bytes: 0 }), GIB)).toHaveLength(2);
});

test("whether the bot runs is seen, and looking does not keep it from starting", async () => {
  const { examine, stateDir } = await healthy();
  expect((await examine()).of("daemon")).toMatchObject([{ status: "warning" }]);
  const release = lockInstance(join(stateDir, "sessions.lock"));
  expect((await examine()).of("daemon")).toMatchObject([{ status: "ok" }]);
  release();
  expect((await examine()).of("daemon")).toMatchObject([{ status: "warning" }]);
  lockInstance(join(stateDir, "sessions.lock"))();
});

test("root, access for everyone and bypassPermissions are told, and only bypass as root does not work", async () => {
  const { configFile, configure, env, web, projectDir } = await healthy();
  const look = (userId: number) =>
    checkSafety(loadConfig({ path: configFile, env }).config, userId).map(
      ({ check, status }) => `${check} ${status}`,
    );
  const project = (change: object) => ({
    projects: [
      { name: "web", channel_id: web.id, project_dir: projectDir, allowed_tools: ["Read"], ...change },
    ],
  });
  expect(look(1000)).toEqual(["safety ok"]);
  expect(look(0)).toEqual(["safety.root warning"]);
  configure({ access: "everyone" });
  expect(look(1000)).toEqual(["safety.access warning"]);
  configure(project({ access: "everyone" }));
  expect(look(1000)).toEqual(["safety.access warning"]);
  configure(project({ permission_mode: "bypassPermissions" }));
  expect(look(1000)).toEqual(["safety ok"]);
  expect(look(0)).toEqual(["safety.root warning", "safety.bypass problem"]);
  configure(project({ permission_mode: "bypassPermissions", access: "everyone" }));
  expect(look(1000)).toEqual(["safety.access warning", "safety.bypass warning"]);
});

test("the built program finds the same, and no secret is in what it prints", async () => {
  const patient = await healthy();
  const { code, stdout, stderr } = await patient.runBinary(["doctor"]);
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  expect(stdout).toContain("web: all 8 permissions in #web");
  expect(stdout).not.toContain(patient.discord.token);
  await patient.discord.stop();
  expect(await patient.runBinary(["doctor"])).toMatchObject({ code: 1 });
});

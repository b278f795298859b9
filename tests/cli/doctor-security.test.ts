import { chmodSync, mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { expect, test } from "vitest";
import { openAuditLog } from "../../src/audit/audit-log.ts";
import type { Finding } from "../../src/cli/doctor/finding.ts";
import { checkConfigOwner } from "../../src/cli/doctor/security/check-config-owner.ts";
import { checkListen } from "../../src/cli/doctor/security/check-listen.ts";
import { checkModes } from "../../src/cli/doctor/security/check-modes.ts";
import { checkUnit } from "../../src/cli/doctor/security/check-unit.ts";
import { accountOf, checkUser } from "../../src/cli/doctor/security/check-user.ts";
import { checkSecurity } from "../../src/cli/doctor/security/security.ts";
import { checkConfig, loadConfig } from "../../src/config/load.ts";
import { findPaths } from "../../src/config/paths.ts";
import { type CliFixture, cliFixture } from "../support/cli.ts";
import { testDatabase } from "../support/database.ts";
import { tempDir } from "../support/temp-dir.ts";
import { tokenCorpus } from "../support/token-corpus.ts";

const WEB = "123456789012345678";
const ANN = "223456789012345678";
const PASSWD = [
  "root:x:0:0:root:/root:/bin/bash",
  "discord-bot:x:998:998::/home/discord-bot:/usr/sbin/nologin",
  "ann:x:1000:1000:Ann:/home/ann:/bin/bash",
].join("\n");

interface Patient extends CliFixture {
  readonly projectDir: string;
  configure(change: Record<string, unknown>, project?: Record<string, unknown>): void;
  /** Runs doctor --security --json; its findings, by what was looked at. */
  examine(...args: string[]): Promise<{ code: number; fixed: string[]; of: (check: string) => Finding[] }>;
}

/** An installation in which nothing is unsafe but, where root runs the tests, whose it is. */
function safe(): Patient {
  const fixture = cliFixture();
  const projectDir = tempDir();
  const configure = (change: Record<string, unknown>, project: Record<string, unknown> = {}) =>
    fixture.writeConfig({
      discord: { token: "a-made-up-token-of-ours-1234" },
      access: { users: [ANN] },
      projects: [{ name: "web", channel_id: WEB, project_dir: projectDir, ...project }],
      ...change,
    });
  configure({});
  testDatabase(fixture.databaseFile).close();
  const logs = join(fixture.stateDir, "logs");
  mkdirSync(logs, { mode: 0o700 });
  writeFileSync(join(logs, "bot.log"), "", { mode: 0o600 });
  chmodSync(fixture.databaseFile, 0o600);
  const examine = async (...args: string[]) => {
    const { code, stdout } = await fixture.run(["doctor", "--security", "--json", ...args]);
    const { findings, fixed } = JSON.parse(stdout) as { findings: Finding[]; fixed: string[] };
    return { code, fixed, of: (check: string) => findings.filter((finding) => finding.check === check) };
  };
  return { ...fixture, projectDir, configure, examine };
}

const statusOf = (findings: readonly Finding[]) => findings.map(({ status }) => status);

test("where all is safe, it says so of each thing that it looks at", async () => {
  const { of } = await safe().examine();
  for (const check of ["modes", "access", "history", "listen", "unit", "audit"]) {
    expect(statusOf(of(`security.${check}`)), check).toEqual(["ok"]);
  }
  expect(of("security.refused")).toEqual([]);
});

test("files that others can read or change are found each, and --fix closes them and nothing else", async () => {
  const { stateDir, configFile, databaseFile, examine, run } = safe();
  const audit = join(stateDir, "logs", "audit.jsonl");
  const dotEnv = join(stateDir, ".env");
  for (const file of [audit, dotEnv]) writeFileSync(file, "");
  const planted: readonly [string, number, "warning" | "problem"][] = [
    [stateDir, 0o755, "warning"],
    [configFile, 0o640, "problem"],
    [dotEnv, 0o644, "problem"],
    [databaseFile, 0o644, "warning"],
    [join(stateDir, "logs"), 0o750, "warning"],
    [join(stateDir, "logs", "bot.log"), 0o664, "problem"],
    [audit, 0o644, "warning"],
  ];
  for (const [path, mode] of planted) chmodSync(path, mode);
  const before = readFileSync(configFile, "utf8");
  const { code, of } = await examine();
  expect(code).toBe(1);
  for (const [path, , status] of planted) {
    expect(of("security.modes")).toContainEqual(
      expect.objectContaining({ status, fix: `chmod go= '${path}'`, fixable: true }),
    );
  }
  expect(of("security.modes")).toHaveLength(planted.length);

  const after = await examine("--fix");
  expect(statusOf(after.of("security.modes"))).toEqual(["ok"]);
  expect(after.fixed).toHaveLength(planted.length);
  for (const [path, mode] of planted) expect(statSync(path).mode & 0o777).toBe(mode & 0o700);
  expect(readFileSync(configFile, "utf8")).toBe(before);
  expect((await run(["doctor", "--fix"])).code).toBe(2);
});

test("a token file that others can read", async () => {
  const { configure, examine, home } = safe();
  const file = join(home, "token");
  writeFileSync(file, "a-made-up-token-of-ours-1234");
  chmodSync(file, 0o644);
  configure({ discord: { token_file: file } });
  const { of } = await examine();
  expect(of("security.modes")).toMatchObject([{ status: "problem", fix: `chmod go= '${file}'` }]);
  // The bot would not start so, and that is told too.
  expect(statusOf(of("security.refused"))).toEqual(["problem"]);
  expect(statusOf((await examine("--fix")).of("security.refused"))).toEqual([]);
});

test("open access, of the install and of one project", async () => {
  const { configure, examine } = safe();
  configure({ access: "everyone" });
  expect((await examine()).of("security.access")).toMatchObject([
    { status: "warning", message: "web: everyone who can write in the channel may use Claude" },
  ]);
  configure({}, { access: "everyone", permission_mode: "bypassPermissions" });
  expect((await examine()).of("security.access")[0]?.message).toContain("run without asking");
  configure({ access: {} });
  expect((await examine()).of("security.access")[0]?.message).toContain("members with Manage Server");
});

test("a token in a shell's history is told by its place alone", async () => {
  const { home, configFile, examine, run } = safe();
  const shaped = tokenCorpus("history").find(({ name }) => name === "Discord bot token")!;
  writeFileSync(
    join(home, ".bash_history"),
    `ls\nexport DISCORD_TOKEN=a-made-up-token-of-ours-1234\ncd\ncurl -H "Authorization: Bot ${shaped.text}"\n`,
  );
  writeFileSync(
    join(home, ".zsh_history"),
    ": 1795809123:0;claude-coord init --token a-made-up-token-of-ours-1234\n",
  );
  const { code, of } = await examine();
  expect(code).toBe(1);
  expect(of("security.history").map(({ message }) => message)).toEqual([
    `a token stands in a shell's history: ${join(home, ".bash_history")}, line 2`,
    `a token stands in a shell's history: ${join(home, ".bash_history")}, line 4`,
    `a token stands in a shell's history: ${join(home, ".zsh_history")}, line 1`,
  ]);
  // Also where the config is refused.
  chmodSync(configFile, 0o644);
  expect((await examine()).of("security.history")).toHaveLength(3);
  const { stdout, stderr } = await run(["doctor", "--security"]);
  for (const secret of ["a-made-up-token", shaped.secret]) expect(stdout + stderr).not.toContain(secret);
});

test("a status page for others without a token, and one with", async () => {
  const { configure, examine, configFile, env } = safe();
  configure({ health: { listen: "0.0.0.0:9090" } });
  const { code, of } = await examine();
  expect(code).toBe(1);
  expect(of("security.refused")[0]?.message).toContain("health");
  configure({ health: { listen: "0.0.0.0:9090", token: "a-token-for-the-status-page" } });
  expect((await examine()).of("security.listen")).toMatchObject([{ status: "warning" }]);
  configure({ health: { listen: "127.0.0.1:9090" } });
  expect(statusOf((await examine()).of("security.listen"))).toEqual(["ok"]);
  const { config } = loadConfig({ path: configFile, env });
  const open = { ...config, health: { listen: { host: "0.0.0.0", port: 1 }, token: undefined } };
  expect(statusOf(checkListen(open))).toEqual(["problem"]);
});

test("a service that runs as root, as a person, and as a user of its own", () => {
  const of = (uid: number) => statusOf(checkUser(uid, accountOf(uid, PASSWD), undefined));
  expect(of(0)).toEqual(["problem"]);
  expect(of(1000)).toEqual(["warning"]);
  expect(of(998)).toEqual(["ok"]);
  expect(of(4711)).toEqual(["ok"]);
});

test("bypassPermissions is fit for a user of the bot's own alone", () => {
  const { configure, configFile, env } = safe();
  configure({}, { permission_mode: "bypassPermissions" });
  const { config } = loadConfig({ path: configFile, env });
  const of = (uid: number) =>
    checkUser(uid, accountOf(uid, PASSWD), config).filter(({ check }) => check === "security.bypass");
  expect(of(0)).toMatchObject([{ status: "problem", message: expect.stringContaining("as root") }]);
  expect(of(1000)).toMatchObject([{ status: "problem", message: expect.stringContaining("as ann") }]);
  expect(statusOf(of(998))).toEqual(["ok"]);
});

test("a config that Claude's commands can change, and one inside a project's folder", async () => {
  const { configure, examine, stateDir, configFile, home } = safe();
  expect((await examine()).of("security.config")).toMatchObject([
    { status: "warning", fix: expect.stringContaining("sandbox") },
  ]);
  configure({}, { project_dir: home });
  expect((await examine()).of("security.config")).toMatchObject([
    { status: "problem", message: expect.stringContaining(`its folder ${home} holds the bot's own files`) },
  ]);
  chmodSync(configFile, 0o640);
  expect(checkModes([{ what: "the config", path: configFile, holdsSecrets: true }], 4711)).toMatchObject([
    { status: "ok" },
  ]);
  // Of root, in a folder of root's: the bot's user can only read it.
  const ours = statSync(configFile).uid;
  expect(statusOf(checkConfigOwner({ config: configFile, home: stateDir }, ours + 1, []))).toEqual(["ok"]);
  chmodSync(stateDir, 0o777);
  expect(statusOf(checkConfigOwner({ config: configFile, home: stateDir }, ours + 1, []))).toEqual([
    "warning",
  ]);
});

test("a unit that shuts the service in, one that does not, and none", async () => {
  const unit = resolve(import.meta.dirname, "../../systemd/claude-coord.service");
  const says = (score: string) => async () =>
    `→ Overall exposure level for claude-coord.service: ${score} OK`;
  expect((await checkUnit(unit, says("1.7"))).status).toBe("ok");
  expect((await checkUnit(unit, says("5.2"))).status).toBe("warning");
  expect((await checkUnit(unit, says("9.6"))).status).toBe("problem");
  expect((await checkUnit(unit, async () => undefined)).message).toContain("not looked at");
  expect((await checkUnit("/nowhere/claude-coord.service")).message).toContain("no unit");
  // Where there is a systemd, it judges our own unit itself.
  const { status, message } = await checkUnit(unit);
  expect(status).toBe("ok");
  expect(message).toMatch(/systemd counts [12]\.\d of 10|not looked at/);
});

test("the host's users and unit are looked at where they are", async () => {
  const { env, configFile, projectDir } = safe();
  expect(projectDir).not.toBe("");
  const folder = tempDir();
  const host = { passwdFile: join(folder, "passwd"), unitFile: join(folder, "claude-coord.service") };
  const token = join(folder, "discord-token");
  writeFileSync(token, "x", { mode: 0o600 });
  chmodSync(token, 0o644);
  writeFileSync(host.passwdFile, `bot:x:${statSync(configFile).uid}:1::${folder}:/bin/bash\n`);
  writeFileSync(host.unitFile, `[Service]\nExecStart=/bin/true\nLoadCredential=discord-token:${token}\n`);
  writeFileSync(join(folder, ".bash_history"), "echo a-made-up-token-of-ours-1234\n");
  const checked = checkConfig({ path: configFile, env });
  const findings = await checkSecurity(checked, findPaths({ env }), env, host);
  const of = (check: string) => findings.filter((each) => each.check === `security.${check}`);
  expect(of("modes")).toMatchObject([{ status: "problem", fix: `chmod go= '${token}'` }]);
  expect(of("history")).toMatchObject([
    { message: expect.stringContaining(`${folder}/.bash_history, line 1`) },
  ]);
  expect(of("unit")[0]?.message).toMatch(/systemd counts 9\.\d of 10|not looked at/);
});

test("an audit log that somebody has changed", async () => {
  const { stateDir, examine } = safe();
  const file = join(stateDir, "logs", "audit.jsonl");
  const log = openAuditLog({ file, now: Date.now, onState: () => {} });
  for (const what of ["one", "two", "three"]) log.append({ type: "used", fields: { what } });
  log.close();
  expect((await examine()).of("security.audit")[0]?.message).toBe("the audit log is whole: 3 records");
  writeFileSync(file, readFileSync(file, "utf8").replace("two", "six"), { mode: 0o600 });
  const { code, of } = await examine();
  expect(code).toBe(1);
  expect(of("security.audit")[0]?.message).toContain("audit.jsonl, line 3");
});

import { execFileSync } from "node:child_process";
import {
  chownSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import Sqlite from "better-sqlite3";
import { expect, test } from "vitest";
import { lockInstance } from "../../src/sqlite/instance-lock.ts";
import { type CliFixture, cliFixture } from "../support/cli.ts";
import { writeHistory } from "../support/history.ts";
import { tempDir } from "../support/temp-dir.ts";

const WEB = "123456789012345678";
const CONFIG = '# Ours.\ndiscord: { guild_id: "123456789012345670" }\n';

/** An installation with one session; its database stays open, as a running bot has it. */
function installed(): CliFixture & { archive: string; session: string } {
  const fixture = cliFixture(CONFIG);
  const ids = writeHistory(fixture.databaseFile, [
    { channel: WEB, project: "web", prompt: "Hello", atMs: Date.now(), end: { answer: "Hello, Ann." } },
  ]);
  return { ...fixture, archive: join(tempDir(), "bot.tar.gz"), session: ids[WEB] ?? "" };
}

const sessionsOf = async ({ run }: CliFixture) => {
  const listed = JSON.parse((await run(["sessions", "ls", "--json"])).stdout) as { session_id: string }[];
  return listed.map(({ session_id }) => session_id);
};

test("a backup of a running bot, restored elsewhere, has the config and every session", async () => {
  const from = installed();
  const { code, stdout } = await from.run(["backup", from.archive]);
  expect({ code, stdout }).toEqual({ code: 0, stdout: `${from.archive}\n` });
  expect(statSync(from.archive).mode & 0o777).toBe(0o600);

  const to = cliFixture();
  rmSync(to.stateDir, { recursive: true });
  expect(await to.run(["restore", from.archive, "--yes"])).toMatchObject({ code: 0, stdout: "" });
  expect(to.config()).toBe(CONFIG);
  expect(await sessionsOf(to)).toEqual([from.session]);
  expect((await to.run(["sessions", "export", "web"])).stdout).toContain("Hello, Ann.");
  for (const path of [to.configFile, to.databaseFile]) expect(statSync(path).mode & 0o777).toBe(0o600);
  expect(statSync(to.stateDir).mode & 0o777).toBe(0o700);
});

test("restore asks, and keeps what was there beside it", async () => {
  const from = installed();
  await from.run(["backup", from.archive]);
  const to = cliFixture("# Theirs.\n");
  leaveWithJournal(to.databaseFile);

  const declined = await to.run(["restore", from.archive], { answers: [["This replaces", "n\r"]] });
  expect(declined.code).toBe(1);
  expect(to.config()).toBe("# Theirs.\n");
  const agreed = await to.run(["restore", from.archive], { answers: [["This replaces", "y\r"]] });
  expect(agreed.code).toBe(0);
  expect(to.config()).toBe(CONFIG);
  expect(await sessionsOf(to)).toEqual([from.session]);

  const kept = readdirSync(to.stateDir).filter((name) => name.includes("before-restore"));
  const old = kept.find((name) => name.startsWith("config.yaml")) ?? "";
  expect(readFileSync(join(to.stateDir, old), "utf8")).toBe("# Theirs.\n");
  const oldDatabase = kept.find((name) => /^sessions\.db\.before-restore-[\d-]+$/.test(name)) ?? "";
  const db = new Sqlite(join(to.stateDir, oldDatabase));
  expect(db.prepare("SELECT name FROM sqlite_schema").pluck().all()).toContain("theirs");
  db.close();
});

test("restore is refused while a bot runs, and without a terminal needs --yes", async () => {
  const { run, archive, stateDir, config } = installed();
  await run(["backup", archive]);
  const release = lockInstance(join(stateDir, "sessions.lock"));
  const refused = await run(["restore", archive, "--yes"]);
  release();
  expect(refused.code).toBe(1);
  expect(refused.stderr).toContain("Stop it first");
  expect(await run(["restore", archive])).toMatchObject({ code: 2 });
  expect(config()).toBe(CONFIG);
  expect(readdirSync(stateDir).filter((name) => name.includes("before-restore"))).toEqual([]);
});

test("a backup is never written over, and one that fails leaves nothing", async () => {
  const { run, archive, databaseFile } = installed();
  writeFileSync(archive, "mine");
  expect(await run(["backup", archive])).toMatchObject({ code: 2, stdout: "" });
  expect(readFileSync(archive, "utf8")).toBe("mine");

  const broken = cliFixture(CONFIG);
  writeFileSync(broken.databaseFile, "this is no database, and it never was one. ".repeat(100));
  const target = `${archive}.broken`;
  expect(await broken.run(["backup", target])).toMatchObject({ code: 1, stdout: "" });
  expect(existsSync(target)).toBe(false);
  expect(existsSync(databaseFile)).toBe(true);
});

test("where there is nothing, there is nothing to back up", async () => {
  const { run } = cliFixture();
  const { code, stderr } = await run(["backup", join(tempDir(), "x.tar.gz")]);
  expect(code).toBe(78);
  expect(stderr).toContain("nothing to back up");
});

test("what is no backup, or a damaged or newer one, changes nothing", async () => {
  const { run, env, home, config, archive } = installed();
  expect(env.HOME).toBe(home);
  const refused = async (file: string, says: string) => {
    const { code, stderr } = await run(["restore", file, "--yes"]);
    expect(code).not.toBe(0);
    expect(stderr).toContain(says);
    expect(config()).toBe(CONFIG);
  };
  await refused(join(home, "missing"), "There is no file");
  writeFileSync(archive, "no archive");
  await refused(archive, "tar failed");

  const folder = tempDir();
  const pack = (name: string, ...names: string[]) => {
    execFileSync("tar", ["-czf", join(home, name), "-C", folder, ...names]);
    return join(home, name);
  };
  writeFileSync(join(folder, "config.yaml"), "# Evil.\n");
  await refused(pack("1.tar.gz", "config.yaml"), "there is no manifest");
  writeFileSync(join(folder, "manifest.json"), '{"format":99}');
  await refused(pack("2.tar.gz", "config.yaml", "manifest.json"), "a newer claude-coord");

  writeFileSync(
    join(folder, "manifest.json"),
    '{"format":1,"created_at":"2026-01-01T00:00:00Z","host":"box"}',
  );
  const db = new Sqlite(join(folder, "sessions.db"));
  db.pragma("user_version = 99");
  db.close();
  await refused(pack("3.tar.gz", "config.yaml", "manifest.json", "sessions.db"), "of a newer claude-coord");
  writeFileSync(join(folder, "sessions.db"), "this is no database, and it never was one. ".repeat(100));
  await refused(pack("4.tar.gz", "config.yaml", "manifest.json", "sessions.db"), "is damaged");
});

test("an archive can't reach outside, neither by names nor by links", async () => {
  const { run, home, config } = installed();
  const folder = tempDir();
  writeFileSync(
    join(folder, "manifest.json"),
    '{"format":1,"created_at":"2026-01-01T00:00:00Z","host":"box"}',
  );
  mkdirSync(join(folder, "deep"));
  writeFileSync(join(folder, "evil"), "evil");
  const named = join(home, "named.tar.gz");
  execFileSync("tar", ["-czPf", named, "-C", join(folder, "deep"), "../manifest.json", "../evil"]);
  expect((await run(["restore", named, "--yes"])).stderr).toContain("there is no manifest");

  symlinkSync("/etc/hostname", join(folder, "config.yaml"));
  const linked = join(home, "linked.tar.gz");
  execFileSync("tar", ["-czf", linked, "-C", folder, "manifest.json", "config.yaml"]);
  expect((await run(["restore", linked, "--yes"])).stderr).toContain("it holds links");
  expect(config()).toBe(CONFIG);
});

test("a config that does not fit this machine is restored, and said so", async () => {
  const from = installed();
  from.writeConfig(
    `${CONFIG}projects:\n  - { name: web, channel_id: "${WEB}", project_dir: /nowhere/at/all }\n`,
  );
  await from.run(["backup", from.archive]);
  const to = cliFixture();
  const { code, stderr } = await to.run(["restore", from.archive, "--yes"]);
  expect(code).toBe(0);
  expect(stderr).toContain("claude-coord config check");
  expect(to.config()).toContain("/nowhere/at/all");
});

test.runIf(process.getuid?.() === 0)("what root restores belongs to the owner of the home", async () => {
  const from = installed();
  await from.run(["backup", from.archive]);
  const to = cliFixture();
  chownSync(to.stateDir, 65534, 65534);
  await to.run(["restore", from.archive, "--yes"]);
  expect([statSync(to.configFile).uid, statSync(to.databaseFile).uid]).toEqual([65534, 65534]);
});

test("the built program backs up and restores", async () => {
  const from = installed();
  expect(await from.runBinary(["backup", from.archive])).toMatchObject({
    code: 0,
    stdout: `${from.archive}\n`,
  });
  const to = cliFixture();
  expect(await to.runBinary(["restore", from.archive])).toMatchObject({ code: 2 });
  expect(await to.runBinary(["restore", from.archive, "--yes"])).toMatchObject({ code: 0 });
  expect(to.config()).toBe(CONFIG);
});

const SECRET_CONFIG = `# Ours, once with another-very-long-token-1234
discord:
  token: another-very-long-token-1234 # from the portal
  guild_id: "123456789012345670"
health: { listen: 127.0.0.1:9090, token: health-token-that-is-long }
claude:
  env: { ANTHROPIC_API_KEY: made-up-key, EDITOR: vi }
`;

/** Everything in an archive, as text. */
function inside(archive: string): string {
  return execFileSync("tar", ["-xzOf", archive], { encoding: "latin1" });
}

test("the secrets of the config are left out of a backup, and what is restored has those of the config that was there", async () => {
  const from = installed();
  from.writeConfig(SECRET_CONFIG);
  const { stderr } = await from.run(["backup", from.archive]);
  expect(stderr).toContain("Left out: discord.token, health.token, claude.env.ANTHROPIC_API_KEY");
  const packed = inside(from.archive);
  for (const secret of ["another-very-long-token", "health-token", "made-up-key"]) {
    expect(packed).not.toContain(secret);
  }
  expect(packed).toContain("EDITOR: vi");

  const same = await from.run(["restore", from.archive, "--yes"]);
  expect(same).toMatchObject({ code: 0 });
  expect(same.stderr).not.toContain("Not in the backup");
  for (const secret of ["another-very-long-token-1234", "health-token-that-is-long", "made-up-key"]) {
    expect(from.config()).toContain(secret);
  }
  const elsewhere = cliFixture();
  const { code, stderr: told } = await elsewhere.run(["restore", from.archive, "--yes"]);
  expect(code).toBe(0);
  expect(told).toContain(
    "Not in the backup and not in the config that was here: discord.token, health.token",
  );
});

test("--with-secrets takes them in; a config that is no YAML is taken only so", async () => {
  const from = installed();
  from.writeConfig(SECRET_CONFIG);
  await from.run(["backup", from.archive, "--with-secrets"]);
  expect(inside(from.archive)).toContain(SECRET_CONFIG);
  from.writeConfig("discord: { token: [\n");
  const other = `${from.archive}.other`;
  const refused = await from.run(["backup", other]);
  expect(refused.code).not.toBe(0);
  expect(refused.stderr).toContain("--with-secrets");
  expect(existsSync(other)).toBe(false);
  expect(await from.run(["backup", other, "--with-secrets"])).toMatchObject({ code: 0 });
});

/** A database as `kill -9` leaves it: what it holds is still in the journal beside it. */
function leaveWithJournal(file: string): void {
  const open = join(tempDir(), "open.db");
  const db = new Sqlite(open);
  db.pragma("journal_mode = WAL");
  db.exec("CREATE TABLE theirs (a)");
  for (const part of ["", "-wal"]) copyFileSync(`${open}${part}`, `${file}${part}`);
  db.close();
}

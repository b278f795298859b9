import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { judge } from "../../src/cli/status/judge.ts";
import { otherHome } from "../../src/cli/status/other-home.ts";
import { openDatabase } from "../../src/sqlite/database.ts";
import { createHeartbeatStore, type Heartbeat } from "../../src/sqlite/heartbeat.ts";
import { lockInstance } from "../../src/sqlite/instance-lock.ts";
import { type CliFixture, cliFixture } from "../support/cli.ts";
import { tempDir } from "../support/temp-dir.ts";

const NOW = Date.parse("2026-11-27T12:00:00Z");

const beat: Heartbeat = {
  pid: 4242,
  version: "0.0.9",
  claudeVersion: "2.1.330",
  bot: "claude",
  state: "connected",
  startedAtMs: NOW - 3_600_000,
  sinceMs: NOW - 60_000,
  beatAtMs: NOW - 5_000,
  agents: { busy: 1, idle: 2, waiting: 0 },
  maxAgents: 8,
};

test.each([
  ["running", true, beat],
  ["disconnected", true, { ...beat, state: "disconnected" as const }],
  ["starting", true, { ...beat, state: "starting" as const }],
  ["starting", true, undefined],
  // A new daemon holds the lock, and has not spoken yet.
  ["starting", true, { ...beat, state: "stopped" as const }],
  ["stopping", true, { ...beat, state: "stopping" as const }],
  ["silent", true, { ...beat, beatAtMs: NOW - 31_000 }],
  ["stopped", false, { ...beat, state: "stopped" as const }],
  ["died", false, beat],
  ["never_started", false, undefined],
] as const)("it is %s when a process holds the lock: %s, and it said %o", (health, isRunning, heartbeat) => {
  expect(judge({ isRunning, heartbeat }, NOW)).toBe(health);
});

function withBeat(change: Partial<Heartbeat>): CliFixture {
  const fixture = cliFixture();
  const db = openDatabase(fixture.databaseFile);
  createHeartbeatStore(db).beat({
    ...beat,
    startedAtMs: Date.now() - 3_600_000,
    beatAtMs: Date.now(),
    ...change,
  });
  db.close();
  return fixture;
}

test("what runs and is connected is told with what it does, and exit code 0", async () => {
  const fixture = withBeat({});
  onTestFinished(lockInstance(join(fixture.stateDir, "sessions.lock")));
  const { code, stdout } = await fixture.run(["status"]);
  expect(code).toBe(0);
  expect(stdout).toMatch(/^Bot {7}running, for 1h 0m$/m);
  expect(stdout).toMatch(/^Discord {3}connected as claude$/m);
  expect(stdout).toMatch(
    /^Process {3}4242, claude-coord 0\.0\.9 \(.* is installed: restart it\), Claude Code 2\.1\.330$/m,
  );
  expect(stdout).toMatch(/^Agents {4}1 busy, 2 idle, of at most 8$/m);
  expect(stdout).toMatch(/^Queue {5}empty$/m);
  expect(stdout).toMatch(/^Failures {2}none in the last 24 hours$/m);
  expect(stdout).toMatch(/^Disk {6}.* free; sessions\.db .*$/m);
});

test("one that stopped, died or never ran is told so, and exit code 1", async () => {
  const stopped = await withBeat({ state: "stopped" }).run(["status"]);
  expect(stopped).toMatchObject({ code: 1, stdout: expect.stringMatching(/^Bot +stopped, since /m) });
  const died = await withBeat({}).run(["status"]);
  expect(died).toMatchObject({
    code: 1,
    stdout: expect.stringMatching(/^Bot +died: it did not stop by itself/m),
  });
  const never = await cliFixture().run(["status"]);
  expect(never).toMatchObject({
    code: 1,
    stdout: expect.stringMatching(/^Bot +never started: claude-coord serve/m),
  });
});

test("--json tells it to scripts", async () => {
  const { code, stdout } = await withBeat({ state: "stopped" }).run(["status", "--json"]);
  expect(code).toBe(1);
  expect(JSON.parse(stdout)).toMatchObject({
    ok: false,
    health: "stopped",
    daemon: { pid: 4242, state: "stopped", agents: { busy: 1, idle: 2, waiting: 0, max: 8 } },
    queue: { running: 0, waiting: 0, oldest: null },
    failures_24h: 0,
  });
});

test("a database of another version is not touched, and said", async () => {
  const fixture = withBeat({});
  const db = openDatabase(fixture.databaseFile);
  db.pragma("user_version = 3");
  db.close();
  const { code, stderr } = await fixture.run(["status"]);
  expect(code).toBe(2);
  expect(stderr).toContain("The next start of the bot brings it up to date. The bot is not running.");
});

test("root is told whose bot the machine's service is", () => {
  const unit = join(tempDir(), "claude-coord.service");
  writeFileSync(unit, "[Service]\nUser=discord-bot\n");
  expect(otherHome("/root/.claude-coordinator", unit)).toContain("sudo -u discord-bot claude-coord status");
  expect(otherHome("/home/discord-bot/.claude-coordinator", unit)).toBeUndefined();
  expect(otherHome("/root/.claude-coordinator", `${unit}.missing`)).toBeUndefined();
});

import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, chownSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import Sqlite from "better-sqlite3";
import { expect, onTestFinished, test } from "vitest";
import { lockInstance } from "../../src/sqlite/instance-lock.ts";
import { createSessionStore } from "../../src/sqlite/sessions.ts";
import { type CliFixture, cliFixture } from "../support/cli.ts";
import { testDatabase } from "../support/database.ts";
import { stats, writeHistory } from "../support/history.ts";
import { tempDir } from "../support/temp-dir.ts";

const WEB = "123456789012345678";
const DOCS = "123456789012345679";
const T = Date.parse("2026-03-04T05:06:07Z");

function withHistory(): CliFixture & { web: string; docs: string; projectDir: string } {
  const projectDir = tempDir();
  const project = (name: string, channel_id: string) => ({ name, channel_id, project_dir: projectDir });
  const fixture = cliFixture({
    discord: { token: "a.made-up.token" },
    claude: { command: fakeClaude(), env: { ANTHROPIC_API_KEY: "made-up" } },
    projects: [project("web", WEB), project("docs", DOCS)],
  });
  const ids = writeHistory(fixture.databaseFile, [
    {
      channel: DOCS,
      project: "docs",
      prompt: "# Where is the index?",
      atMs: T,
      end: { answer: "In `index.md`.", stats: stats(0.0123, 4200) },
    },
    {
      channel: WEB,
      project: "web",
      prompt: "Build it",
      by: "bob",
      atMs: T + 60_000,
      end: { outcome: "failed", failureCode: "usage_limit", errorId: "vudobaki", stats: stats(1.5, 192_000) },
    },
  ]);
  return { ...fixture, web: ids[WEB] ?? "", docs: ids[DOCS] ?? "", projectDir };
}

/** Writes what it was started with next to itself. */
function fakeClaude(): string {
  const file = join(tempDir(), "claude");
  writeFileSync(file, `#!/bin/sh\n{ pwd; echo "$@"; env; } > "${file}.started"\nexit 7\n`);
  chmodSync(file, 0o755);
  return file;
}

test("sessions ls lists the latest active first; --project and --json choose and shape", async () => {
  const { run, web, docs } = withHistory();
  const { stdout } = await run(["sessions", "ls"]);
  expect(stdout.split("\n").map((line) => line.split(/ {2,}/)[0])).toEqual(["PROJECT", "web", "docs", ""]);
  expect(stdout).toMatch(new RegExp(`docs +${DOCS} +${docs} +- +1 +\\$0\\.0123 +2026-03-0\\d \\d\\d:06\n`));

  const json = JSON.parse((await run(["sessions", "ls", "--json"])).stdout);
  expect(json).toMatchObject([{ session_id: web }, { session_id: docs }]);
  expect(json[1]).toEqual({
    channel_id: DOCS,
    project_name: "docs",
    session_id: docs,
    message_count: 1,
    cost_usd: 0.0123,
    created_at: new Date(T).toISOString(),
    last_active: new Date(T).toISOString(),
    open_turns: 0,
    ended_at: null,
    end_reason: null,
    title: null,
    fork_of: null,
  });
  const chosen = JSON.parse((await run(["sessions", "ls", "--project", "docs", "--json"])).stdout);
  expect(chosen).toMatchObject([{ session_id: docs }]);
});

test("before the first message there are no sessions, and nothing is made", async () => {
  const { run, databaseFile } = cliFixture();
  const { code, stdout, stderr } = await run(["sessions", "ls"]);
  expect({ code, stdout }).toEqual({ code: 0, stdout: "" });
  expect(stderr).toContain("No sessions yet");
  expect((await run(["sessions", "ls", "--json"])).stdout).toBe("[]\n");
  expect((await run(["sessions", "show", "web"])).code).toBe(1);
  expect(() => statSync(databaseFile)).toThrow();
});

test("sessions show tells each turn's cost, time and end; a narrow terminal cuts the question", async () => {
  const { run, web } = withHistory();
  const { stdout } = await run(["sessions", "show", "web"]);
  expect(stdout).toContain(`Session      ${web}`);
  expect(stdout).toMatch(/bob +Build it +\$1\.50 +3m 12s +failed: usage_limit \(vudobaki\)/);

  const narrow = await run(["sessions", "show", web.slice(0, 6)], { columns: 60, answers: [] });
  const rows = narrow.stdout.split("\n").filter((line) => line.includes("bob"));
  expect(rows[0]?.length).toBeLessThanOrEqual(60);
  expect(rows[0]).toContain("…");

  const json = JSON.parse((await run(["sessions", "show", WEB, "--json"])).stdout);
  expect(json).toMatchObject({ session_id: web, turns: [{ prompt: "Build it", error_id: "vudobaki" }] });
});

test("what may mean several sessions is told, not guessed", async () => {
  const { run, databaseFile } = withHistory();
  writeHistory(databaseFile, [
    { channel: "323456789012345678", project: "web", prompt: "In a thread", atMs: T },
  ]);
  const { code, stderr } = await run(["sessions", "show", "web"]);
  expect(code).toBe(1);
  expect(stderr).toContain("may mean several sessions");
  expect(stderr).toContain("channel 323456789012345678, web");
});

test("sessions reset asks; agreed, the session is gone and its history stays", async () => {
  const { run, databaseFile, web } = withHistory();
  const store = createSessionStore(testDatabase(databaseFile), Date.now);
  const generation = store.current(WEB)?.generation ?? -1;

  expect((await run(["sessions", "reset", "web"])).code).toBe(2);
  expect((await run(["sessions", "reset", "web"], { answers: [["End the session", "n\r"]] })).code).toBe(1);
  expect((await run(["sessions", "reset", "web"], { answers: [["End the session", "\u0003"]] })).code).toBe(
    130,
  );
  expect(store.current(WEB)?.sessionId).toBe(web);

  const version = store.version();
  const agreed = await run(["sessions", "reset", "web"], { answers: [["End the session", "y\r"]] });
  expect(agreed).toMatchObject({ code: 0 });
  expect(store.current(WEB)).toBeUndefined();
  expect(store.version()).not.toBe(version);
  expect(store.currentOrNew(WEB, "web", "next").generation).toBe(generation + 1);

  const past = await run(["sessions", "show", web]);
  expect(past.stdout).toContain("reset in a shell");
  expect(past.stdout).toContain("Build it");
  const all = JSON.parse((await run(["sessions", "ls", "--all", "--json"])).stdout);
  expect(all).toContainEqual(expect.objectContaining({ session_id: web, end_reason: "reset in a shell" }));
  const again = await run(["sessions", "reset", web, "--yes"]);
  expect(again).toMatchObject({ code: 1 });
  expect(again.stderr).toContain("has ended already");
});

test("sessions export writes Markdown in which a question's heading is none of its own", async () => {
  const { run, docs, web } = withHistory();
  const { stdout } = await run(["sessions", "export", docs]);
  expect(stdout).toMatch(/^# docs, channel 123456789012345679\n/);
  expect(stdout).toMatch(/\n## ann, 2026-03-0\d \d\d:06\n\n> # Where is the index\?\n\nIn `index\.md`\.\n$/);
  expect((await run(["sessions", "export", web])).stdout).toContain("*failed: usage_limit (vudobaki)*");
});

test("sessions export masks what is secret in questions, as answers are masked before they are kept", async () => {
  const fixture = withHistory();
  const own = "MTIzNDU2Nzg5MDEyMzQ1Njc4.made-up.token-of-ours";
  fixture.writeConfig({ discord: { token: own }, projects: [] });
  const key = `ghp_${"Ab3d".repeat(9)}`;
  writeHistory(fixture.databaseFile, [
    {
      channel: "123456789012345677",
      project: "keys",
      prompt: `Use ${own} or ${key}.`,
      atMs: T,
      end: { answer: "No." },
    },
  ]);
  const { stdout } = await fixture.run(["sessions", "export", "keys"]);
  expect(stdout).toContain("> Use [secret] or ghp_[hidden].");
  fixture.writeConfig({ discord: { token: own }, redact: "own", projects: [] });
  expect((await fixture.run(["sessions", "export", "keys"])).stdout).toContain(`> Use [secret] or ${key}.`);
});

test("sessions export -o makes a private file and never writes over one", async () => {
  const { run } = withHistory();
  const file = join(tempDir(), "docs.md");
  expect(await run(["sessions", "export", "docs", "-o", file])).toMatchObject({ code: 0, stdout: "" });
  expect(readFileSync(file, "utf8")).toContain("Where is the index?");
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect((await run(["sessions", "export", "docs", "-o", file])).stderr).toContain("it is there already");
});

test("sessions attach runs claude --resume in the folder, with the login and without the bot's secrets", async () => {
  const fixture = withHistory();
  fixture.env.DISCORD_TOKEN = "a.made-up.token";
  const command = /command: (\S+)/.exec(fixture.config())?.[1] ?? "";
  const { code } = await fixture.run(["sessions", "attach", "docs"], { answers: [] });
  expect(code).toBe(7);
  const [folder, args, ...env] = readFileSync(`${command}.started`, "utf8").split("\n");
  expect([folder, args]).toEqual([fixture.projectDir, `--resume ${fixture.docs}`]);
  expect(env).toContain("ANTHROPIC_API_KEY=made-up");
  expect(env.filter((entry) => entry.startsWith("DISCORD_TOKEN"))).toEqual([]);
});

test("sessions attach keeps away from a session that another process has open", async () => {
  const fixture = withHistory();
  const holder = await holding(fixture.docs, {});
  const { code, stderr } = await fixture.run(["sessions", "attach", "docs"], { answers: [] });
  expect(code).toBe(1);
  expect(stderr).toContain(`Process ${holder.pid} has the session ${fixture.docs} open.`);
  expect(holder.exitCode).toBeNull();
});

test("sessions attach ends the bot's idle agent when told to, and never one that works", async () => {
  const fixture = withHistory();
  const holder = await holding(fixture.docs, { CLAUDE_COORD_INSTANCE: fixture.databaseFile });
  const ended = once(holder, "exit");
  const declined = await fixture.run(["sessions", "attach", "docs"], { answers: [["End it", "n\r"]] });
  expect(declined.code).toBe(1);
  expect(holder.exitCode).toBeNull();

  const taken = await fixture.run(["sessions", "attach", "docs", "--take-over"], { answers: [] });
  expect(taken.code).toBe(7);
  await ended;

  writeHistory(fixture.databaseFile, [{ channel: DOCS, project: "docs", prompt: "More", atMs: T + 90_000 }]);
  const busy = await holding(fixture.docs, { CLAUDE_COORD_INSTANCE: fixture.databaseFile });
  const { stderr } = await fixture.run(["sessions", "attach", "docs", "--take-over"], { answers: [] });
  expect(stderr).toContain("The bot is working in this session.");
  expect(busy.exitCode).toBeNull();
});

test("sessions attach needs a terminal", async () => {
  const { run } = withHistory();
  expect(await run(["sessions", "attach", "docs"])).toMatchObject({ code: 2 });
});

test.runIf(process.getuid?.() === 0)("sessions attach sends root to the sessions' owner", async () => {
  const { run, databaseFile } = withHistory();
  chownSync(databaseFile, 65534, 65534);
  const { code, stderr } = await run(["sessions", "attach", "docs"], { answers: [] });
  expect(code).toBe(2);
  expect(stderr).toContain("sudo -u '#65534'");
});

test("a database of an older version is brought up to date, but not under a running daemon", async () => {
  const fixture = cliFixture();
  const old = new Sqlite(fixture.databaseFile);
  old.exec(
    "CREATE TABLE sessions (channel_id INTEGER, project_name TEXT, session_id TEXT, last_active TEXT)",
  );
  old
    .prepare("INSERT INTO sessions VALUES (?, 'web', 'from-python', '2026-01-02T03:04:05')")
    .run(BigInt(WEB));
  old.close();

  const release = lockInstance(join(fixture.stateDir, "sessions.lock"));
  const refused = await fixture.run(["sessions", "ls"]);
  release();
  expect(refused.code).toBe(1);
  const { stdout } = await fixture.run(["sessions", "ls", "--json"]);
  expect(JSON.parse(stdout)).toMatchObject([{ channel_id: WEB, session_id: "from-python" }]);
});

test("a newer database is refused with exit code 78", async () => {
  const fixture = withHistory();
  const db = new Sqlite(fixture.databaseFile);
  db.pragma("user_version = 99");
  db.close();
  expect(await fixture.run(["sessions", "ls"])).toMatchObject({ code: 78 });
});

test("the built program lists and exports", async () => {
  const fixture = withHistory();
  const listed = await fixture.runBinary(["sessions", "ls", "--json"]);
  expect(JSON.parse(listed.stdout)).toHaveLength(2);
  const exported = await fixture.runBinary(["sessions", "export", "docs"]);
  expect(exported).toMatchObject({ code: 0, stderr: "" });
  expect(await fixture.runBinary(["sessions", "reset", "docs"])).toMatchObject({ code: 2 });
});

/** A process that looks as if it had the session open. */
async function holding(sessionId: string, env: Record<string, string>) {
  const script = "process.stdout.write('there'); setInterval(() => {}, 1000)";
  const child = spawn(process.execPath, ["-e", script, "--", "--resume", sessionId], {
    env: { PATH: process.env.PATH, ...env },
    stdio: ["ignore", "pipe", "ignore"],
  });
  onTestFinished(async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill("SIGKILL");
    await once(child, "exit");
  });
  await once(child.stdout, "data");
  return child;
}

test("an earlier session is made the current one again, unless Claude is at work", async () => {
  const { run, web, databaseFile } = withHistory();
  expect(await run(["sessions", "resume", web])).toMatchObject({ code: 1 });
  await run(["sessions", "reset", "web", "--yes"]);
  const sessions = createSessionStore(testDatabase(databaseFile), Date.now);
  expect(await run(["sessions", "resume", web.slice(0, 8)])).toMatchObject({
    code: 0,
    stderr: `The channel ${WEB} goes on with session ${web}.\n`,
  });
  expect(sessions.current(WEB)).toMatchObject({ sessionId: web, messageCount: 1, generation: 2 });
  sessions.reset(WEB, "test");
  writeHistory(databaseFile, [{ channel: WEB, project: "web", prompt: "still at it", atMs: T }]);
  const refused = await run(["sessions", "resume", web]);
  expect(refused.stderr).toContain("Claude is at work in that channel");
});

test("a session is named, and its name is listed, shown and exported", async () => {
  const { run, docs } = withHistory();
  expect((await run(["sessions", "rename", "docs", " The   index "])).stderr).toContain(
    "is now called: The index",
  );
  expect((await run(["sessions", "ls"])).stdout).toMatch(/docs .*The index/);
  expect((await run(["sessions", "show", "docs"])).stdout).toMatch(/Name +The index/);
  expect((await run(["sessions", "export", docs])).stdout).toMatch(/^# The index\n\ndocs, channel/);
  const [, second] = JSON.parse((await run(["sessions", "ls", "--json"])).stdout);
  expect(second).toMatchObject({ session_id: docs, title: "The index", fork_of: null });
  await run(["sessions", "rename", "docs", ""]);
  expect((await run(["sessions", "ls"])).stdout).not.toContain("The index");
});

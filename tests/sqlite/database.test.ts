import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import Sqlite from "better-sqlite3";
import { describe, expect, test } from "vitest";
import { openDatabase } from "../../src/sqlite/database.ts";
import { lockInstance } from "../../src/sqlite/instance-lock.ts";
import { createLedger } from "../../src/sqlite/ledger.ts";
import { createSessionStore } from "../../src/sqlite/sessions.ts";
import { testDatabase } from "../support/database.ts";
import { tempDir } from "../support/temp-dir.ts";

test("the database is private, in WAL mode, and opens again", () => {
  const file = join(tempDir(), "sessions.db");
  testDatabase(file);
  const again = testDatabase(file);
  expect(again.pragma("journal_mode", { simple: true })).toBe("wal");
  expect(statSync(file).mode & 0o777).toBe(0o600);
});

test("a database of a newer claude-coord is refused and left as it was", () => {
  const file = join(tempDir(), "sessions.db");
  const newer = new Sqlite(file);
  newer.pragma("user_version = 99");
  newer.close();
  expect(() => openDatabase(file)).toThrow(/newer claude-coord \(schema 99/);
});

test("a file that is no database is told as damaged, and left as it was", () => {
  const file = join(tempDir(), "sessions.db");
  writeFileSync(file, "not a database, but a text that is long enough to be taken for a header".repeat(20));
  expect(() => openDatabase(file)).toThrow(/can't be opened/);
  expect(statSync(file).size).toBeGreaterThan(1_000);
});

test("the line that the Python bot's README documents still works with the sqlite3 tool", () => {
  const file = join(tempDir(), "sessions.db");
  const db = testDatabase(file);
  const sessions = createSessionStore(db, () => Date.parse("2026-11-22T10:00:00Z"));
  sessions.currentOrNew("123456789012345678", "web", "5f0c4f4e-0000-4000-8000-000000000000");
  const line = "SELECT channel_id, project_name, message_count, last_active FROM sessions";
  const printed = execFileSync("sqlite3", [file, line], { encoding: "utf8" });
  expect(printed).toBe("123456789012345678|web|0|2026-11-22T10:00:00.000Z\n");
});

describe("a database of the Python bot", () => {
  function pythonDatabase(columns: string, values: string): string {
    const file = join(tempDir(), "sessions.db");
    const db = new Sqlite(file);
    db.exec(`CREATE TABLE sessions (${columns}); INSERT INTO sessions VALUES (${values});`);
    db.close();
    return file;
  }

  test("is taken over: its sessions go on, and the old file stays beside the new one", () => {
    const file = pythonDatabase(
      "channel_id TEXT PRIMARY KEY, session_id TEXT, project_name TEXT, message_count INTEGER, last_active TIMESTAMP, user_id TEXT",
      "'42', 'aaaa', 'web', 7, '2026-01-02 03:04:05', '9'",
    );
    const db = testDatabase(file);
    expect(createSessionStore(db, Date.now).current("42")).toMatchObject({
      sessionId: "aaaa",
      projectName: "web",
      messageCount: 7,
      started: true,
    });
    expect(readdirSync(dirname(file)).some((name) => name.startsWith("sessions.db.before-"))).toBe(true);
    expect(db.prepare("SELECT user_id FROM sessions_of_python_bot").pluck().get()).toBe("9");
  });

  test("is taken over too when it has fewer columns and numbers for ids", () => {
    const file = pythonDatabase("channel_id INTEGER, session_id TEXT", "123456789012345678, 'bbbb'");
    const db = testDatabase(file);
    expect(createSessionStore(db, Date.now).current("123456789012345678")).toMatchObject({
      sessionId: "bbbb",
      messageCount: 0,
    });
  });

  test("that has no sessions yet opens as well", () => {
    const file = join(tempDir(), "sessions.db");
    const db = new Sqlite(file);
    db.exec("CREATE TABLE sessions (channel_id TEXT, session_id TEXT)");
    db.close();
    expect(createSessionStore(testDatabase(file), Date.now).list()).toEqual([]);
  });
});

describe("one daemon for one database", () => {
  test("a second one is refused until the first lets go", () => {
    const file = join(tempDir(), "sessions.lock");
    const release = lockInstance(file);
    expect(() => lockInstance(file)).toThrow(/Another claude-coord is running/);
    release();
    lockInstance(file)();
  });

  test("the lock dies with its holder, also by kill -9", async () => {
    const file = join(tempDir(), "sessions.lock");
    const lockModule = new URL("../../src/sqlite/instance-lock.ts", import.meta.url).href;
    const holder = spawn(
      process.execPath,
      [
        "--input-type=module",
        "-e",
        `import { lockInstance } from ${JSON.stringify(lockModule)};
         // Kept where the garbage collector does not take it, as the daemon does.
         globalThis.release = lockInstance(${JSON.stringify(file)}); console.log("held"); setInterval(() => {}, 1000);`,
      ],
      { stdio: ["ignore", "pipe", "inherit"] },
    );
    await once(holder.stdout, "data");
    expect(() => lockInstance(file)).toThrow(/Another claude-coord/);
    holder.kill("SIGKILL");
    await once(holder, "exit");
    lockInstance(file)();
  });
});

test("what a commit has promised is there after kill -9", async () => {
  const file = join(tempDir(), "sessions.db");
  const ledgerModule = new URL("../../src/sqlite/ledger.ts", import.meta.url).href;
  const databaseModule = new URL("../../src/sqlite/database.ts", import.meta.url).href;
  const writer = spawn(
    process.execPath,
    [
      "--input-type=module",
      "-e",
      `import { openDatabase } from ${JSON.stringify(databaseModule)};
       import { createLedger } from ${JSON.stringify(ledgerModule)};
       const ledger = createLedger(openDatabase(${JSON.stringify(file)}), Date.now);
       ledger.accept({ id: "t1", conversationId: "1", guildId: "2", projectName: "web", messageId: "3",
         authorId: "4", authorName: "ann", prompt: "hello" });
       process.kill(process.pid, "SIGKILL");`,
    ],
    { stdio: ["ignore", "ignore", "inherit"] },
  );
  await once(writer, "exit");
  expect(createLedger(testDatabase(file), Date.now).nextOpen("1")).toMatchObject({
    id: "t1",
    state: "accepted",
  });
});

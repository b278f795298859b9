import { copyFileSync, existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import Sqlite from "better-sqlite3";
import { expect, onTestFinished, test } from "vitest";
import { backUpForToday, newestBackups } from "../../src/sqlite/automatic-backup.ts";
import { backupDatabase, copyOpenDatabase } from "../../src/sqlite/backup.ts";
import { openDatabase } from "../../src/sqlite/database.ts";
import { createLedger } from "../../src/sqlite/ledger.ts";
import { openOrRestore } from "../../src/sqlite/open-or-restore.ts";
import { isDamage, storageTrouble } from "../../src/sqlite/storage-trouble.ts";
import { testDatabase } from "../support/database.ts";
import { tempDir } from "../support/temp-dir.ts";

const DAY_MS = 86_400_000;
const NOW = Date.parse("2026-11-22T10:00:00Z");

function accept(file: string, ...ids: string[]): void {
  const db = openDatabase(file);
  const ledger = createLedger(db, () => NOW);
  for (const id of ids) {
    ledger.accept({
      id,
      conversationId: "10",
      guildId: "1",
      projectName: "web",
      messageId: `message-${id}`,
      authorId: "1",
      authorName: "ann",
      prompt: "long ".repeat(1_000),
    });
  }
  db.close();
}

const backUp = (file: string, nowMs: number) =>
  backUpForToday(file, nowMs, (copy) => backupDatabase(file, copy));

/** As a disk does that lost a few blocks in the middle. */
function damage(file: string): void {
  const bytes = readFileSync(file);
  bytes.fill(0xff, 4096);
  writeFileSync(file, bytes);
}

function reopened(file: string) {
  const opened = openOrRestore(file, NOW);
  onTestFinished(() => void opened.db.close());
  return opened;
}

test("a damaged database is kept aside, and the newest whole backup takes its place", async () => {
  const file = join(tempDir(), "sessions.db");
  accept(file, "a");
  await backUp(file, NOW - DAY_MS);
  accept(file, "b");
  await backUp(file, NOW);
  const [newest = ""] = newestBackups(file);
  damage(newest);
  damage(file);
  const { db, restored } = reopened(file);
  expect(restored?.from).toBe(`${file}.backup-2026-11-21`);
  expect(restored && existsSync(restored.damaged)).toBe(true);
  const states = db.prepare("SELECT id, state, outcome FROM turns").all();
  expect(states).toEqual([{ id: "a", state: "delivering", outcome: "expired" }]);
});

test("without a backup a damaged database is refused, and stays where it is", () => {
  const file = join(tempDir(), "sessions.db");
  accept(file, "a");
  damage(file);
  const before = readFileSync(file);
  expect(() => openOrRestore(file, NOW)).toThrow(expect.objectContaining({ code: "database_damaged" }));
  expect(readFileSync(file).equals(before)).toBe(true);
  expect(readdirSync(dirname(file)).filter((name) => name.includes("damaged"))).toEqual([]);
});

test("a whole database is opened as it is", () => {
  const file = join(tempDir(), "sessions.db");
  accept(file, "a");
  expect(reopened(file).restored).toBeUndefined();
});

test("of each day the last backup stays, and of the days the newest three", async () => {
  const file = join(tempDir(), "sessions.db");
  accept(file, "a");
  for (const day of [0, 1, 2, 3, 3]) await backUp(file, NOW + day * DAY_MS);
  // Another file beside it, which is nobody's backup of a day.
  copyFileSync(file, `${file}.backup-of-mine`);
  expect(newestBackups(file)).toEqual(["25", "24", "23"].map((day) => `${file}.backup-2026-11-${day}`));
  expect(readdirSync(dirname(file)).filter((name) => name.includes("unfinished"))).toEqual([]);
});

test("a copy is made of a database that is written all the while, from inside and from outside", async () => {
  const file = join(tempDir(), "sessions.db");
  accept(file, ...Array.from({ length: 500 }, (_, index) => String(index)));
  const db = testDatabase(file);
  const advance = db.prepare("INSERT OR REPLACE INTO cursors (channel_id, message_id) VALUES ('1', ?)");
  let writes = 0;
  let isCopied = false;
  const write = () => {
    if (isCopied) return;
    advance.run(String(++writes));
    setImmediate(write);
  };
  write();
  await copyOpenDatabase(db, `${file}.inside`);
  const duringInside = writes;
  await backupDatabase(file, `${file}.outside`);
  isCopied = true;
  expect(duringInside).toBeGreaterThan(3);
  for (const copy of [`${file}.inside`, `${file}.outside`]) {
    const copied = testDatabase(copy);
    expect(copied.pragma("integrity_check", { simple: true })).toBe("ok");
    expect(copied.prepare("SELECT count(*) FROM turns").pluck().get()).toBe(500);
  }
});

test("what keeps a write from the database is told in words", () => {
  const db = testDatabase();
  const why = (work: () => unknown) => {
    try {
      work();
    } catch (error) {
      return storageTrouble(error);
    }
    return "nothing";
  };
  db.exec("CREATE TABLE big (text TEXT)");
  const insert = (into: Sqlite.Database) =>
    into.prepare("INSERT INTO big VALUES (?)").run("x".repeat(100_000));

  db.pragma(`max_page_count = ${db.pragma("page_count", { simple: true })}`);
  expect(why(() => insert(db))).toBe("the disk is full");
  db.pragma("max_page_count = 1000000");

  const other = new Sqlite(db.name, { timeout: 0 });
  onTestFinished(() => void other.close());
  other.exec("BEGIN IMMEDIATE");
  db.pragma("busy_timeout = 0");
  expect(why(() => insert(db))).toBe("another program holds a lock on it");
  other.exec("COMMIT");

  db.pragma("query_only = ON");
  expect(why(() => insert(db))).toBe("it can only be read");
  expect(why(() => db.prepare("SELECT nonsense"))).toBeUndefined();
});

test("a database that another program locks is told as unavailable, not as damaged", () => {
  const file = join(tempDir(), "sessions.db");
  const other = new Sqlite(file);
  onTestFinished(() => void other.close());
  other.exec("CREATE TABLE t (x); BEGIN EXCLUSIVE");
  expect(() => openDatabase(file)).toThrow(expect.objectContaining({ code: "database_unavailable" }));
});

test("what fails in opening and is no damage leaves the database where it is, backups or not", async () => {
  const file = join(tempDir(), "sessions.db");
  accept(file, "a");
  await backUp(file, NOW);
  const db = new Sqlite(file);
  // As if a migration had a mistake: its table is there already.
  db.pragma("user_version = 1");
  db.close();
  expect(() => openOrRestore(file, NOW)).toThrow(/duplicate column|already exists/);
  expect(readdirSync(dirname(file)).filter((name) => name.includes("damaged"))).toEqual([]);
});

test.each([
  ["EROFS", "it can only be read"],
  ["ENOSPC", "the disk is full"],
  ["EACCES", "its files can't be opened"],
])("%s is no damage: %s", (code, why) => {
  const error = Object.assign(new Error(code), { code });
  expect([storageTrouble(error), isDamage(error)]).toEqual([why, false]);
});

test("an end in the middle of a restore leaves the damaged file or the whole one, never none", async () => {
  const file = join(tempDir(), "sessions.db");
  accept(file, "a");
  await backUp(file, NOW);
  damage(file);
  // What is left of an attempt that came no further than copying.
  writeFileSync(`${file}.restoring`, "half");
  const { restored } = reopened(file);
  expect(restored?.from).toBe(`${file}.backup-2026-11-22`);
  expect(readdirSync(dirname(file)).filter((name) => name.includes("restoring"))).toEqual([]);
});

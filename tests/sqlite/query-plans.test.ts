import { readdirSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { Database } from "../../src/sqlite/database.ts";
import { readQueue } from "../../src/sqlite/queue.ts";
import { testDatabase } from "../support/database.ts";

const ROOM = join(import.meta.dirname, "..", "..", "src", "sqlite");

/** Indexes of those few rows that are open, or have failed. */
const FEW = / USING INDEX (turns_open|turns_failed|prompts_open)$/;

/** Every statement that the stores prepare. */
async function statements(db: Database): Promise<string[]> {
  const seen: string[] = [];
  const prepare = db.prepare.bind(db);
  db.prepare = ((sql: string) => {
    seen.push(sql);
    return prepare(sql);
  }) as Database["prepare"];
  for (const file of readdirSync(ROOM)) {
    const room = (await import(join(ROOM, file))) as Record<string, unknown>;
    for (const [name, make] of Object.entries(room)) {
      if (!/^create[A-Z]/.test(name)) continue;
      (make as (db: Database, now: () => number, flag: () => boolean) => unknown)(db, Date.now, () => false);
    }
  }
  readQueue(db);
  db.prepare = prepare as Database["prepare"];
  return seen;
}

/** How SQLite would go about it, a line for each table. */
function plan(db: Database, sql: string): string[] {
  const explained = db.prepare(`EXPLAIN QUERY PLAN ${sql}`);
  const names = [...sql.matchAll(/@(\w+)/g)].map(([, name]) => [name, null]);
  const places = [...sql.matchAll(/\?/g)].map(() => null);
  const rows = names.length > 0 ? explained.all(Object.fromEntries(names)) : explained.all(...places);
  return (rows as { detail: string }[]).map(({ detail }) => detail);
}

test("no statement reads all turns, deliveries or prompts that there ever were", async () => {
  const db = testDatabase();
  const all = await statements(db);
  expect(all.length).toBeGreaterThan(100);
  const readsAll = all.filter((sql) =>
    plan(db, sql).some((line) => /^SCAN (turns|deliveries|prompts)/.test(line) && !FEW.test(line)),
  );
  expect(readsAll).toEqual([]);
});

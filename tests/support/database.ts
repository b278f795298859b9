import { join } from "node:path";
import { onTestFinished } from "vitest";
import { type Database, openDatabase } from "../../src/sqlite/database.ts";
import { tempDir } from "./temp-dir.ts";

/** A real database file that is gone after the test. */
export function testDatabase(file = join(tempDir(), "sessions.db")): Database {
  const db = openDatabase(file);
  onTestFinished(() => void db.close());
  return db;
}

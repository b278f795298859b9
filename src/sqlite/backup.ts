import { chmodSync } from "node:fs";
import Sqlite from "better-sqlite3";
import type { Database } from "./database.ts";

/**
 * Copies a database whole into a new file, also while a daemon writes to it, in one go: SQLite begins anew whenever
 * another process has written between two steps. Nobody else can read the copy.
 */
export async function backupDatabase(file: string, copy: string): Promise<void> {
  const db = new Sqlite(file, { readonly: true, fileMustExist: true });
  try {
    await db.backup(copy, { progress: () => ALL_PAGES });
    chmodSync(copy, 0o600);
  } finally {
    db.close();
  }
}

/** The same from the inside, in small steps: what `db` writes between them goes into the copy too. */
export async function copyOpenDatabase(db: Database, copy: string): Promise<void> {
  await db.backup(copy);
  chmodSync(copy, 0o600);
}

const ALL_PAGES = 2 ** 31 - 1;

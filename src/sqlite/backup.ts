import { chmodSync } from "node:fs";
import Sqlite from "better-sqlite3";

/** Copies a database whole into a new file, also while a daemon writes to it. Nobody else can read the copy. */
export async function backupDatabase(file: string, copy: string): Promise<void> {
  const db = new Sqlite(file, { readonly: true, fileMustExist: true });
  try {
    await db.backup(copy);
    chmodSync(copy, 0o600);
  } finally {
    db.close();
  }
}

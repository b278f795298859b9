import { chmodSync, existsSync } from "node:fs";
import Sqlite from "better-sqlite3";
import { CoordError } from "../core/operations/errors.ts";
import { migrations } from "./migrations.ts";
import { adoptPythonSessions, isPythonDatabase } from "./python-sessions.ts";
import { isDamage, storageTrouble } from "./storage-trouble.ts";

export type Database = Sqlite.Database;

/**
 * Opens the database, brings its schema up to date and checks that it is whole. An older one is copied first, to
 * `<file>.before-<version>`; a newer one is refused (database_newer), a damaged one too (database_damaged), and
 * one that can't be written now (database_unavailable).
 */
export function openDatabase(file: string): Database {
  let db: Database;
  try {
    db = new Sqlite(file);
    keepPrivate(file);
    db.pragma("journal_mode = WAL");
    // A commit survives the power going, not just the process: it is what `accepted` promises.
    db.pragma("synchronous = FULL");
    db.pragma("foreign_keys = ON");
    db.pragma("busy_timeout = 5000");
  } catch (cause) {
    throw unreadable(file, cause);
  }
  try {
    migrate(db, file);
    return db;
  } catch (error) {
    db.close();
    throw error instanceof CoordError ? error : unreadable(file, error);
  }
}

/** The answers of Claude are in it: nobody else on the machine reads them. Another's file is theirs to protect. */
function keepPrivate(file: string): void {
  try {
    chmodSync(file, 0o600);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EPERM") throw error;
  }
}

function migrate(db: Database, file: string): void {
  const version = Number(db.pragma("user_version", { simple: true }));
  if (version > migrations.length) {
    throw new CoordError(
      "database_newer",
      `${file} was written by a newer claude-coord (schema ${version}, this one knows ${migrations.length}). ` +
        "Install the newer version again, or restore a backup made before the upgrade.",
    );
  }
  if (version === migrations.length) return;
  const fromPython = version === 0 && isPythonDatabase(db);
  if (version > 0 || fromPython) keepCopy(db, `${file}.before-${migrations.length}`);

  db.transaction(() => {
    const adopt = fromPython ? adoptPythonSessions(db) : undefined;
    for (const step of migrations.slice(version)) db.exec(step);
    adopt?.();
    db.pragma(`user_version = ${migrations.length}`);
  }).exclusive();
}

function keepCopy(db: Database, copy: string): void {
  if (!existsSync(copy)) db.prepare("VACUUM INTO ?").run(copy);
}

/** What is neither damage nor trouble of the storage is a bug of ours, and stays what it is. */
function unreadable(file: string, cause: unknown): unknown {
  const trouble = storageTrouble(cause);
  if (trouble !== undefined) {
    return new CoordError("database_unavailable", `The database ${file} can't be used: ${trouble}.`, {
      cause,
    });
  }
  if (!isDamage(cause)) return cause;
  const why = cause instanceof Error ? cause.message : String(cause);
  return new CoordError("database_damaged", `The database ${file} can't be opened: ${why}.`, { cause });
}

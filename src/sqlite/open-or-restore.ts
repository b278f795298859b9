import { copyFileSync, existsSync, renameSync } from "node:fs";
import { CoordError } from "../core/errors.ts";
import { newestBackups } from "./automatic-backup.ts";
import { type Database, openDatabase } from "./database.ts";

export interface OpenedDatabase {
  readonly db: Database;
  /** Present when the database was damaged and a backup stands in its place now. */
  readonly restored: { readonly from: string; readonly damaged: string } | undefined;
}

/**
 * Opens the daemon's database once it is known to be whole. A damaged one is kept aside, and the newest automatic
 * backup that is whole takes its place. Throws what openDatabase throws; database_damaged when there is no backup.
 */
export function openOrRestore(file: string, nowMs: number): OpenedDatabase {
  try {
    return { db: openWhole(file), restored: undefined };
  } catch (error) {
    const backups = newestBackups(file);
    if (!isDamage(error) || backups.length === 0) throw error;
    const damaged = moveAside(file, nowMs);
    for (const from of backups) {
      copyFileSync(from, file);
      try {
        const db = openWhole(file);
        closeOpenTurns(db);
        return { db, restored: { from, damaged } };
      } catch (problem) {
        if (!isDamage(problem)) throw problem;
      }
    }
    throw error;
  }
}

function openWhole(file: string): Database {
  const db = openDatabase(file);
  try {
    const said = String(db.pragma("quick_check(1)", { simple: true }));
    if (said === "ok") return db;
    throw new CoordError("database_damaged", `The database ${file} is damaged: ${said}.`);
  } catch (error) {
    db.close();
    throw error;
  }
}

/** Turns that were open in a backup have long been answered, or are past: nobody wants them run by themselves. */
function closeOpenTurns(db: Database): void {
  db.exec(`
    UPDATE turns SET state = 'delivering', outcome = 'expired', awaits = NULL, held_until = NULL, open_tool = NULL
    WHERE state IN ('accepted','queued','running')`);
}

function moveAside(file: string, nowMs: number): string {
  const aside = `${file}.damaged-${new Date(nowMs).toISOString().replace(/[:.]/g, "-")}`;
  for (const part of ["", "-wal", "-shm"]) {
    if (existsSync(`${file}${part}`)) renameSync(`${file}${part}`, `${aside}${part}`);
  }
  return aside;
}

function isDamage(error: unknown): boolean {
  return error instanceof CoordError && error.code === "database_damaged";
}

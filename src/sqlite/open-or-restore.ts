import { copyFileSync, existsSync, linkSync, renameSync, rmSync } from "node:fs";
import { CoordError } from "../core/operations/errors.ts";
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
    const from = isDamaged(error) ? prepareNewest(file) : undefined;
    if (from === undefined) throw error;
    // The backup is whole and ready before the damaged file goes: an end in between leaves one of the two here.
    const damaged = keepAside(file, nowMs);
    renameSync(`${file}${READY}`, file);
    return { db: openWhole(file), restored: { from, damaged } };
  }
}

/** Makes the newest backup that is whole ready to take the database's place; returns its path. */
function prepareNewest(file: string): string | undefined {
  const ready = `${file}${READY}`;
  for (const from of newestBackups(file)) {
    rmSync(ready, { force: true });
    copyFileSync(from, ready);
    try {
      const db = openWhole(ready);
      closeOpenTurns(db);
      // The last connection writes everything into the file itself.
      db.close();
      return from;
    } catch (problem) {
      if (!isDamaged(problem)) throw problem;
    }
  }
  rmSync(ready, { force: true });
  return undefined;
}

const READY = ".restoring";

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

/** The damaged file stays where it is until another takes its place; what belongs to it goes with it. */
function keepAside(file: string, nowMs: number): string {
  const aside = `${file}.damaged-${new Date(nowMs).toISOString().replace(/[:.]/g, "-")}`;
  linkSync(file, aside);
  for (const part of ["-wal", "-shm"]) {
    if (existsSync(`${file}${part}`)) renameSync(`${file}${part}`, `${aside}${part}`);
  }
  return aside;
}

function isDamaged(error: unknown): boolean {
  return error instanceof CoordError && error.code === "database_damaged";
}

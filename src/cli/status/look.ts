import { existsSync, statfsSync, statSync } from "node:fs";
import Sqlite from "better-sqlite3";
import type { Paths } from "../../config/paths.ts";
import type { TurnRecord } from "../../core/history/history.ts";
import { CoordError } from "../../core/operations/errors.ts";
import type { Database } from "../../sqlite/database.ts";
import { type Heartbeat, readHeartbeat } from "../../sqlite/heartbeat.ts";
import { createHistory } from "../../sqlite/history.ts";
import { isInstanceRunning } from "../../sqlite/instance-running.ts";
import { type Queue, readQueue } from "../../sqlite/queue.ts";
import { readSchemaVersion } from "../../sqlite/schema-version.ts";

/** What can be told of a bot from outside its process. */
export interface Look {
  /** Whether a process holds the instance lock: that dies with it, so it does not lie. */
  readonly isRunning: boolean;
  /** What the daemon last said of itself; undefined when it never did. */
  readonly heartbeat: Heartbeat | undefined;
  readonly queue: Queue;
  /** Of the last day, newest first. */
  readonly failures: readonly TurnRecord[];
  readonly disk: { readonly freeBytes: number; readonly databaseBytes: number };
}

/** Looks without changing anything. Undefined when there is no database yet. */
export function lookAt(paths: Paths, nowMs: number): Look | undefined {
  if (!existsSync(paths.database)) return undefined;
  const { found, known } = schemaOf(paths.database);
  const isRunning = isInstanceRunning(paths.lock);
  if (found !== known) {
    throw new CoordError(
      found > known ? "database_newer" : "usage",
      `${paths.database} is of ${found > known ? "a newer" : "an older"} claude-coord (schema ${found}, this one knows ` +
        `${known}). ${found > known ? "Install that one." : "The next start of the bot brings it up to date."} The bot ` +
        `${isRunning ? "is running" : "is not running"}.`,
    );
  }
  const db = new Sqlite(paths.database, { readonly: true, fileMustExist: true });
  try {
    const { bavail, bsize } = statfsSync(paths.home);
    return {
      isRunning,
      heartbeat: readHeartbeat(db),
      queue: readQueue(db),
      failures: recentFailures(db, nowMs),
      disk: { freeBytes: bavail * bsize, databaseBytes: sizeOf(paths.database) },
    };
  } finally {
    db.close();
  }
}

const DAY_MS = 24 * 60 * 60_000;

function schemaOf(file: string): { found: number; known: number } {
  try {
    return readSchemaVersion(file);
  } catch (cause) {
    const { code } = cause as { code?: string };
    if (code === "SQLITE_CANTOPEN") {
      throw new CoordError(
        "home_unwritable",
        `${file} can't be read by this user. Run this as its owner: sudo -u '#${statSync(file).uid}' claude-coord status`,
        { cause },
      );
    }
    throw new CoordError("database_damaged", `${file} can't be read: ${(cause as Error).message}.`, {
      cause,
    });
  }
}

function recentFailures(db: Database, nowMs: number): TurnRecord[] {
  return createHistory(db).failures({ limit: 100, sinceMs: nowMs - DAY_MS });
}

function sizeOf(file: string): number {
  return [file, `${file}-wal`].reduce(
    (sum, each) => sum + (statSync(each, { throwIfNoEntry: false })?.size ?? 0),
    0,
  );
}

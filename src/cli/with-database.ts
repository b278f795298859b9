import { accessSync, constants, existsSync, statSync } from "node:fs";
import type { Paths } from "../config/paths.ts";
import { CoordError } from "../core/operations/errors.ts";
import { type Database, openDatabase } from "../sqlite/database.ts";
import { lockInstance } from "../sqlite/instance-lock.ts";
import { readSchemaVersion } from "../sqlite/schema-version.ts";

/**
 * Runs `work` with the database that the daemon uses, and closes it again. Undefined when there is no database yet.
 * One of an older version is brought up to date first, but not under a running daemon.
 */
export async function withDatabase<T>(
  paths: Pick<Paths, "database" | "lock">,
  work: (db: Database) => T | Promise<T>,
): Promise<T | undefined> {
  if (!existsSync(paths.database)) return undefined;
  checkReadable(paths.database);
  const db = isOlder(paths.database) ? openWithoutDaemon(paths) : openDatabase(paths.database);
  try {
    return await work(db);
  } finally {
    db.close();
  }
}

function checkReadable(file: string): void {
  try {
    accessSync(file, constants.R_OK | constants.W_OK);
  } catch (cause) {
    throw new CoordError(
      "home_unwritable",
      `${file} can't be read and written by this user. Run this as its owner: sudo -u '#${statSync(file).uid}' claude-coord …`,
      { cause },
    );
  }
}

/** What can't be read at all is left to the opening, which says why. */
function isOlder(file: string): boolean {
  try {
    const { found, known } = readSchemaVersion(file);
    return found < known;
  } catch {
    return false;
  }
}

function openWithoutDaemon({ database, lock }: Pick<Paths, "database" | "lock">): Database {
  const release = lockInstance(lock);
  try {
    return openDatabase(database);
  } finally {
    release();
  }
}

import Sqlite from "better-sqlite3";
import { CoordError } from "../core/errors.ts";

/**
 * Makes sure that one daemon uses the database, by an exclusive SQLite lock on a file beside it. The lock dies with
 * its holder, however that dies, so there is no stale one to clear. Returns what lets it go. Throws already_running.
 */
export function lockInstance(file: string): () => void {
  const lock = new Sqlite(file, { timeout: 0 });
  try {
    lock.pragma("journal_mode = DELETE");
    lock.exec("BEGIN EXCLUSIVE");
  } catch (cause) {
    lock.close();
    if ((cause as { code?: string }).code !== "SQLITE_BUSY") throw cause;
    throw new CoordError(
      "already_running",
      `Another claude-coord is running with this database (${file} is locked). Stop it first: two would answer everything twice.`,
      { cause },
    );
  }
  return () => lock.close();
}

import Sqlite from "better-sqlite3";
import { CoordError } from "../core/operations/errors.ts";
import { storageTrouble } from "./storage-trouble.ts";

/**
 * Makes sure that one daemon uses the database, by an exclusive SQLite lock on a file beside it. The lock dies with
 * its holder, however that dies, so there is no stale one to clear. Returns what lets it go. Throws already_running,
 * or database_unavailable where nothing can be written.
 */
export function lockInstance(file: string): () => void {
  let lock: Sqlite.Database | undefined;
  try {
    lock = new Sqlite(file, { timeout: 0 });
    lock.pragma("journal_mode = DELETE");
    lock.exec("BEGIN EXCLUSIVE");
  } catch (cause) {
    lock?.close();
    const trouble = storageTrouble(cause);
    if (trouble === undefined) throw cause;
    if ((cause as { code?: string }).code !== "SQLITE_BUSY") {
      throw new CoordError("database_unavailable", `${file} can't be used: ${trouble}.`, { cause });
    }
    throw new CoordError(
      "already_running",
      `Another claude-coord is running with this database (${file} is locked). Stop it first: two would answer everything twice.`,
      { cause },
    );
  }
  return () => lock?.close();
}

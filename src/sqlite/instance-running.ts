import { existsSync } from "node:fs";
import Sqlite from "better-sqlite3";

/** Whether a daemon holds the instance lock. Takes nothing that would keep one from starting. */
export function isInstanceRunning(lockFile: string): boolean {
  if (!existsSync(lockFile)) return false;
  const lock = new Sqlite(lockFile, { readonly: true, timeout: 0 });
  try {
    lock.prepare("SELECT count(*) FROM sqlite_schema").get();
    return false;
  } catch (error) {
    if ((error as { code?: string }).code === "SQLITE_BUSY") return true;
    throw error;
  } finally {
    lock.close();
  }
}

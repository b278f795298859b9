/**
 * What keeps a write from the database, in words; undefined for errors that are no matter of the storage. Waiting
 * can help: somebody makes room, lets go of a lock, or mounts the file system again.
 */
export function storageTrouble(error: unknown): string | undefined {
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  return TROUBLES.find(([prefix]) => code.startsWith(prefix))?.[1];
}

/** From https://sqlite.org/rescode.html; extended codes begin with the plain one's name. */
const TROUBLES: readonly (readonly [string, string])[] = [
  ["SQLITE_FULL", "the disk is full"],
  ["SQLITE_BUSY", "another program holds a lock on it"],
  ["SQLITE_LOCKED", "another program holds a lock on it"],
  ["SQLITE_READONLY", "it can only be read"],
  ["SQLITE_IOERR", "the disk reports errors"],
  ["SQLITE_CANTOPEN", "its files can't be opened"],
  // From the file system itself, around the database.
  ["ENOSPC", "the disk is full"],
  ["EROFS", "it can only be read"],
  ["EACCES", "its files can't be opened"],
  ["EIO", "the disk reports errors"],
];

/** Whether SQLite says that the file itself is broken: only a backup helps then. */
export function isDamage(error: unknown): boolean {
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  return code.startsWith("SQLITE_CORRUPT") || code === "SQLITE_NOTADB";
}

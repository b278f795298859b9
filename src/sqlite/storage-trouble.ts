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
];

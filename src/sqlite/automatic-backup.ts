import { readdirSync, renameSync, rmSync } from "node:fs";
import { basename, dirname, join } from "node:path";

/** So many days can be gone back to. */
const KEPT = 3;

/**
 * Has the database copied to `<file>.backup-<date>`, in place of an earlier copy of that day, and removes all but the
 * newest three. Safe at any time: the copy gets its name once it is whole. Returns its path.
 */
export async function backUpForToday(
  file: string,
  nowMs: number,
  copyTo: (copy: string) => Promise<void>,
): Promise<string> {
  const copy = `${file}${MARK}${new Date(nowMs).toISOString().slice(0, 10)}`;
  const unfinished = `${file}.unfinished-backup`;
  rmSync(unfinished, { force: true });
  try {
    await copyTo(unfinished);
    renameSync(unfinished, copy);
  } finally {
    rmSync(unfinished, { force: true });
  }
  for (const old of newestBackups(file).slice(KEPT)) rmSync(old, { force: true });
  return copy;
}

/** The automatic backups of a database, newest first. */
export function newestBackups(file: string): string[] {
  const prefix = `${basename(file)}${MARK}`;
  return readdirSync(dirname(file))
    .filter((name) => name.startsWith(prefix) && /^\d{4}-\d\d-\d\d$/.test(name.slice(prefix.length)))
    .sort()
    .reverse()
    .map((name) => join(dirname(file), name));
}

const MARK = ".backup-";

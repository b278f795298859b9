import { fstatSync } from "node:fs";

/** Whether a descriptor goes to the journal, as systemd.exec(5) says it can be told: by device and inode. */
export function isJournal(descriptor: number, env: Readonly<Record<string, string | undefined>>): boolean {
  if (env.JOURNAL_STREAM === undefined) return false;
  // The variable is inherited also by those whose output goes elsewhere.
  const { dev, ino } = fstatSync(descriptor);
  return env.JOURNAL_STREAM === `${dev}:${ino}`;
}

import { backUpForToday } from "../../sqlite/automatic-backup.ts";

const INTERVAL_MS = 24 * 60 * 60_000;

/** Copies the database now and once a day. Returns what stops it and waits for a copy under way. */
export function keepBackups({
  file,
  copyTo,
  now,
  log,
}: {
  file: string;
  copyTo: (copy: string) => Promise<void>;
  now: () => number;
  log: { info(message: string, fields?: object): void; warn(message: string, fields?: object): void };
}): () => Promise<void> {
  const backUp = () =>
    backUpForToday(file, now(), copyTo).then(
      (copy) => log.info("the database is backed up", { copy }),
      (error: unknown) => log.warn("the database could not be backed up", { error }),
    );
  let latest = backUp();
  const timer = setInterval(() => {
    latest = backUp();
  }, INTERVAL_MS);
  return () => {
    clearInterval(timer);
    return latest;
  };
}

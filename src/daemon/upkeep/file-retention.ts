import { removeOldFiles } from "../../files/remove-old.ts";
import { guarded } from "../guard.ts";

export interface FileRetentionDeps {
  readonly root: string;
  readonly keepMs: () => number;
  /** Names of folders whose files are still to be read. */
  readonly foldersInUse: () => ReadonlySet<string>;
  readonly now: () => number;
  readonly log: {
    debug(message: string, fields?: object): void;
    warn(message: string, fields?: object): void;
  };
}

const INTERVAL_MS = 6 * 60 * 60_000;

/** Removes the files of turns that are forgotten, now and every six hours. Returns what stops it. */
export function keepFilesTidy({ root, keepMs, foldersInUse, now, log }: FileRetentionDeps): () => void {
  const tidy = () => {
    const inUse = foldersInUse();
    removeOldFiles(root, now() - keepMs(), (folder) => inUse.has(folder)).then(
      (removed) => log.debug("removed the files of old turns", { removed }),
      (error: unknown) => log.warn("old files could not be removed", { error }),
    );
  };
  const tick = guarded("tidying files", tidy, { error: log.warn });
  tick();
  const timer = setInterval(tick, INTERVAL_MS);
  return () => clearInterval(timer);
}

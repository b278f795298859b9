import { basename } from "node:path";
import type { Orphan } from "../../claude/orphans.ts";

const INTERVAL_MS = 60 * 60_000;

/** Looks every hour for processes that an agent left behind. Returns what stops it. */
export function repeatSweep(
  sweep: () => Promise<readonly Orphan[]>,
  log: { warn(message: string, fields?: object): void },
): () => void {
  const timer = setInterval(() => {
    sweep().then(
      (orphans) => {
        if (orphans.length > 0)
          log.warn("ended what an agent had left behind", { orphans: orphanNames(orphans) });
      },
      (error: unknown) => log.warn("the sweep for leftovers failed", { error }),
    );
  }, INTERVAL_MS);
  return () => clearInterval(timer);
}

/** Programs without their arguments: what a command was to do is what people and Claude write. */
export function orphanNames(orphans: readonly Orphan[]): string[] {
  return orphans.map(({ pid, commandLine }) => `${pid} ${basename(commandLine.split(" ", 1)[0] ?? "")}`);
}

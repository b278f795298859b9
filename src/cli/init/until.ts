import { setTimeout as delay } from "node:timers/promises";
import { ExitError } from "../exit.ts";
import type { Terminal } from "../terminal.ts";

/**
 * Looks again every other second until there is something, and returns it. Undefined after `waitMs`. Ctrl-C ends the
 * command with exit code 130.
 */
export async function until<T>(
  look: () => Promise<T | undefined>,
  { waitMs, terminal }: { waitMs: number; terminal: Pick<Terminal, "onStopSignal"> },
): Promise<T | undefined> {
  const stopped = new AbortController();
  const release = terminal.onStopSignal(() => stopped.abort());
  const deadline = performance.now() + waitMs;
  try {
    for (;;) {
      const found = await look();
      if (stopped.signal.aborted) throw new ExitError(130, "Nothing was changed.");
      if (found !== undefined) return found;
      const left = deadline - performance.now();
      if (left <= 0) return undefined;
      await delay(Math.min(INTERVAL_MS, left), undefined, { signal: stopped.signal }).catch(() => {});
    }
  } finally {
    release();
  }
}

const INTERVAL_MS = 2_000;

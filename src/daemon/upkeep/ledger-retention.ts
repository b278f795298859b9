import { setImmediate as nextTask } from "node:timers/promises";
import type { Retention } from "../../sqlite/retention.ts";

export interface LedgerRetentionDeps {
  readonly retention: Retention;
  readonly keepMs: () => number;
  /** Whether prompts and answers go as soon as they are not needed. */
  readonly dropsText: () => boolean;
  readonly now: () => number;
  readonly log: {
    info(message: string, fields?: object): void;
    warn(message: string, fields?: object): void;
  };
}

const INTERVAL_MS = 24 * 60 * 60_000;
/** Some ten milliseconds: messages that come meanwhile are not kept waiting. */
const BATCH = 200;

/** Forgets turns that ended long ago, now and once a day. Returns what stops it and waits for a batch under way. */
export function keepLedgerTidy(deps: LedgerRetentionDeps): () => Promise<void> {
  let stopped = false;
  const all = async (batch: () => number) => {
    let total = 0;
    for (let count = BATCH; count === BATCH && !stopped; total += count) {
      await nextTask();
      if (!stopped) count = batch();
    }
    return total;
  };
  const tidy = async () => {
    try {
      const before = deps.now() - deps.keepMs();
      const pruned = await all(() => deps.retention.prune(before, BATCH));
      const emptied = deps.dropsText() ? await all(() => deps.retention.dropText(BATCH)) : 0;
      if (pruned + emptied > 0) deps.log.info("forgot old turns", { pruned, emptied });
    } catch (error) {
      deps.log.warn("old turns could not be forgotten", { error });
    }
  };
  let latest = tidy();
  const timer = setInterval(() => {
    latest = tidy();
  }, INTERVAL_MS);
  return () => {
    stopped = true;
    clearInterval(timer);
    return latest;
  };
}

import type { Database } from "./database.ts";
import { IS_OPEN, OPEN_TURNS } from "./open-turns.ts";

/** The turns that have not reached their end. */
export interface Queue {
  readonly running: number;
  readonly waiting: number;
  /** Their end is known and not yet shown in Discord. */
  readonly delivering: number;
  /** A person has to decide first. */
  readonly awaiting: number;
  /** When the oldest of them was accepted (ms since the epoch); undefined when there is none. */
  readonly oldestMs: number | undefined;
}

/** Counts the open turns of all conversations. */
export function readQueue(db: Database): Queue {
  const row = db
    .prepare(
      `SELECT
        count(*) FILTER (WHERE state = 'running') AS running,
        count(*) FILTER (WHERE state IN ('accepted','queued') AND awaits IS NULL) AS waiting,
        count(*) FILTER (WHERE state = 'delivering') AS delivering,
        count(*) FILTER (WHERE state IN ('accepted','queued') AND awaits IS NOT NULL) AS awaiting,
        min(accepted_at) AS oldest
      FROM ${OPEN_TURNS} WHERE ${IS_OPEN}`,
    )
    .get() as Omit<Queue, "oldestMs"> & { oldest: number | null };
  const { oldest, ...counts } = row;
  return { ...counts, oldestMs: oldest ?? undefined };
}

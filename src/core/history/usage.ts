import type { Snowflake } from "../projects/project.ts";

/** What a project's turns took on one day for one person; it outlives the turns themselves. */
export interface DailyUsage extends UsageTotals {
  /** `2026-11-22`, in the time zone of this machine. */
  readonly day: string;
  readonly projectName: string;
  /** Undefined for what Claude did by itself, such as telling of a background task's end. */
  readonly userId: Snowflake | undefined;
  /** As the person was last called. */
  readonly userName: string | undefined;
}

export interface UsageTotals {
  /** Turns that an agent worked on, whether they were answered, failed or were stopped. */
  readonly turns: number;
  /** Those among them that failed. */
  readonly failed: number;
  /** US dollars, an estimate from list prices. */
  readonly costUsd: number;
  /** What was read, cached or not, and what was written. */
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly durationMs: number;
}

export interface UsageFilter {
  /** Days as `2026-11-22`; both ends count. */
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  /** Only these projects; all unless given. */
  readonly projectNames?: readonly string[] | undefined;
}

export interface UsageStore {
  /** One entry a day, project and person, by day, then project. */
  daily(filter?: UsageFilter): readonly DailyUsage[];
}

export const NO_USAGE: UsageTotals = {
  turns: 0,
  failed: 0,
  costUsd: 0,
  inputTokens: 0,
  outputTokens: 0,
  durationMs: 0,
};

export function sumUsage(all: readonly UsageTotals[]): UsageTotals {
  return all.reduce(
    (sum, each) => ({
      turns: sum.turns + each.turns,
      failed: sum.failed + each.failed,
      costUsd: sum.costUsd + each.costUsd,
      inputTokens: sum.inputTokens + each.inputTokens,
      outputTokens: sum.outputTokens + each.outputTokens,
      durationMs: sum.durationMs + each.durationMs,
    }),
    NO_USAGE,
  );
}

/** Sums of what has the same key, in the order in which the keys first come. */
export function usageBy<Key>(
  all: readonly DailyUsage[],
  key: (usage: DailyUsage) => Key,
): ReadonlyMap<Key, UsageTotals> {
  const sums = new Map<Key, UsageTotals>();
  for (const each of all) sums.set(key(each), sumUsage([sums.get(key(each)) ?? NO_USAGE, each]));
  return sums;
}

/** The day of a moment (ms since the epoch) in the time zone of this machine: `2026-11-22`. */
export function dayOf(timeMs: number): string {
  const date = new Date(timeMs);
  const [month, day] = [date.getMonth() + 1, date.getDate()].map((part) => String(part).padStart(2, "0"));
  return `${date.getFullYear()}-${month}-${day}`;
}

/** The `count` days up to the one of `lastMs`, oldest first; a day with a clock change counts once like any other. */
export function daysUpTo(lastMs: number, count: number): string[] {
  const last = new Date(lastMs);
  return Array.from({ length: count }, (_, index) =>
    // Noon, which no clock change skips.
    dayOf(new Date(last.getFullYear(), last.getMonth(), last.getDate() - (count - 1 - index), 12).getTime()),
  );
}

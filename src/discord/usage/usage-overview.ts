import { type DailyUsage, NO_USAGE, sumUsage, type UsageTotals, usageBy } from "../../core/history/usage.ts";

/** What some days took, by project, made for a picture and the numbers beside it. */
export interface UsageOverview {
  /** Oldest first, also those on which nothing happened. */
  readonly days: readonly string[];
  /** The projects that cost most, the most expensive first; what is left of the others comes last. */
  readonly series: readonly UsageSeries[];
  readonly total: UsageTotals;
}

export interface UsageSeries {
  readonly name: string;
  readonly total: UsageTotals;
  /** One for each of the days. */
  readonly days: readonly UsageTotals[];
}

/** More colours than this nobody tells apart. */
const MOST_SERIES = 6;

export function usageOverview(daily: readonly DailyUsage[], days: readonly string[]): UsageOverview {
  const totals = [...usageBy(daily, ({ projectName }) => projectName)].sort(
    ([, a], [, b]) => b.costUsd - a.costUsd || b.turns - a.turns,
  );
  const shown = totals.length > MOST_SERIES ? totals.slice(0, MOST_SERIES - 1) : totals;
  const others = totals.slice(shown.length).map(([name]) => name);
  const series = (name: string, belongs: (projectName: string) => boolean): UsageSeries => {
    const own = daily.filter(({ projectName }) => belongs(projectName));
    const byDay = usageBy(own, ({ day }) => day);
    return { name, total: sumUsage(own), days: days.map((day) => byDay.get(day) ?? NO_USAGE) };
  };
  return {
    days,
    series: [
      ...shown.map(([name]) => series(name, (projectName) => projectName === name)),
      ...(others.length === 0
        ? []
        : [series(`${others.length} others`, (projectName) => others.includes(projectName))]),
    ],
    total: sumUsage(daily),
  };
}

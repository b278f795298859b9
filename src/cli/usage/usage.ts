import { findPaths } from "../../config/paths.ts";
import {
  type DailyUsage,
  dayOf,
  daysUpTo,
  NO_USAGE,
  type UsageTotals,
  usageBy,
} from "../../core/history/usage.ts";
import { createUsageStore } from "../../sqlite/usage.ts";
import { sinceMs } from "../logs/since.ts";
import { printJson } from "../print-json.ts";
import type { Terminal } from "../terminal.ts";
import { withDatabase } from "../with-database.ts";
import { printUsage } from "./print-usage.ts";
import { usageCsv } from "./usage-csv.ts";

export interface UsageOptions {
  readonly since?: string;
  readonly by: "day" | "project" | "user";
  readonly json?: boolean;
  readonly csv?: boolean;
}

/** The sum of all usage that has one day, project or person. */
export interface UsageRow extends UsageTotals {
  /** For people. */
  readonly name: string;
  /** The person's id, when `by` is `user`; undefined for what Claude did by itself. */
  readonly userId?: string | undefined;
}

const DAYS = 30;
const DAY_MS = 24 * 60 * 60_000;

/** Prints what turns took since a day, summed. */
export async function showUsage(options: UsageOptions, terminal: Terminal): Promise<void> {
  const now = Date.now();
  const from = dayOf(sinceMs(options.since, now) ?? now - (DAYS - 1) * DAY_MS);
  const paths = findPaths({ env: terminal.env });
  const daily = (await withDatabase(paths, (db) => createUsageStore(db).daily({ from }))) ?? [];
  const rows = rowsBy(options.by, daily, from, now);
  if (options.json) {
    printJson(terminal, {
      since: from,
      by: options.by,
      usage: rows.map((row) => usageJson(options.by, row)),
    });
  } else if (options.csv) {
    terminal.stdout.write(usageCsv(options.by, rows));
  } else if (daily.length === 0) {
    terminal.explain(`No turn has run since ${from}.`);
  } else {
    // A bot of yesterday has no month of empty days behind it, unless somebody asks for them.
    const first = rows.findIndex(({ turns, costUsd }) => turns > 0 || costUsd > 0);
    printUsage(options.by, options.since === undefined ? rows.slice(Math.max(0, first)) : rows, terminal);
  }
}

function rowsBy(
  by: UsageOptions["by"],
  daily: readonly DailyUsage[],
  from: string,
  nowMs: number,
): UsageRow[] {
  if (by === "day") {
    const sums = usageBy(daily, ({ day }) => day);
    return daysFrom(from, nowMs).map((name) => ({ name, ...(sums.get(name) ?? NO_USAGE) }));
  }
  const byCost = (a: UsageRow, b: UsageRow) => b.costUsd - a.costUsd || b.turns - a.turns;
  if (by === "project") {
    const sums = usageBy(daily, ({ projectName }) => projectName);
    return [...sums].map(([name, totals]) => ({ name, ...totals })).sort(byCost);
  }
  const names = new Map(daily.map(({ userId, userName }) => [userId, userName]));
  const sums = usageBy(daily, ({ userId }) => userId);
  return [...sums]
    .map(([userId, totals]) => ({
      name: userId === undefined ? "Claude by itself" : (names.get(userId) ?? userId),
      userId,
      ...totals,
    }))
    .sort(byCost);
}

/** Every day up to today, also those on which nothing ran. */
function daysFrom(from: string, nowMs: number): string[] {
  const count = Math.max(1, Math.round((Date.parse(dayOf(nowMs)) - Date.parse(from)) / DAY_MS) + 1);
  return daysUpTo(nowMs, count);
}

function usageJson(by: UsageOptions["by"], row: UsageRow): object {
  const name =
    by === "user"
      ? { user_id: row.userId ?? null, user_name: row.userId === undefined ? null : row.name }
      : { [by]: row.name };
  return {
    ...name,
    turns: row.turns,
    failed: row.failed,
    cost_usd: Number(row.costUsd.toFixed(6)),
    input_tokens: row.inputTokens,
    output_tokens: row.outputTokens,
    duration_ms: row.durationMs,
  };
}

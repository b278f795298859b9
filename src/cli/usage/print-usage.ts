import { styleText } from "node:util";
import { sumUsage } from "../../core/history/usage.ts";
import { dollars } from "../amounts.ts";
import { type Column, printTable } from "../table.ts";
import type { Terminal } from "../terminal.ts";
import type { UsageOptions, UsageRow } from "./usage.ts";

const BAR_WIDTH = 24;

/** Prints the rows with a bar each, and their sum. */
export function printUsage(
  by: UsageOptions["by"],
  rows: readonly UsageRow[],
  terminal: Pick<Terminal, "stdout">,
): void {
  const most = Math.max(...rows.map(({ costUsd }) => costUsd));
  const columns: Column<UsageRow>[] = [
    { title: TITLES[by], value: ({ name }) => name },
    { title: "TURNS", value: ({ turns }) => String(turns), align: "right" },
    { title: "FAILED", value: ({ failed }) => String(failed), align: "right" },
    { title: "READ", value: ({ inputTokens }) => amount(inputTokens), align: "right" },
    { title: "WRITTEN", value: ({ outputTokens }) => amount(outputTokens), align: "right" },
    { title: "COST", value: ({ costUsd }) => dollars(costUsd), align: "right" },
    { title: "", value: ({ costUsd }) => bar(costUsd, most), whole: true },
  ];
  printTable(terminal, columns, rows);
  const { turns, failed, costUsd } = sumUsage(rows);
  const text = `${dollars(costUsd)} for ${turns} ${turns === 1 ? "turn" : "turns"}, ${failed} of them failed.`;
  terminal.stdout.write(`\n${styleText("bold", text, { stream: terminal.stdout })}\n`);
}

const TITLES: Readonly<Record<UsageOptions["by"], string>> = { day: "DAY", project: "PROJECT", user: "WHO" };

/** A bar as long as the value is in comparison with the largest, to the eighth of a sign. */
function bar(value: number, most: number): string {
  if (most <= 0 || value <= 0) return "";
  const eighths = Math.max(1, Math.round((value / most) * BAR_WIDTH * 8));
  return "█".repeat(Math.floor(eighths / 8)) + (PARTS[eighths % 8] ?? "");
}

const PARTS = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"];

/** Tokens: `812`, `3.1k`, `1.2M`. */
function amount(count: number): string {
  if (count < 1000) return String(count);
  return count < 1_000_000 ? `${(count / 1000).toFixed(1)}k` : `${(count / 1_000_000).toFixed(1)}M`;
}

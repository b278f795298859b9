import type { UsageOptions, UsageRow } from "./usage.ts";

/** The rows as RFC 4180 says, with a line of names. */
export function usageCsv(by: UsageOptions["by"], rows: readonly UsageRow[]): string {
  const names = by === "user" ? ["user_id", "user_name"] : [by];
  const head = [...names, "turns", "failed", "cost_usd", "input_tokens", "output_tokens", "duration_ms"];
  const lines = rows.map((row) => [
    ...(by === "user" ? [row.userId ?? ""] : []),
    row.name,
    row.turns,
    row.failed,
    row.costUsd.toFixed(6),
    row.inputTokens,
    row.outputTokens,
    row.durationMs,
  ]);
  return [head, ...lines].map((line) => `${line.map(cell).join(",")}\r\n`).join("");
}

function cell(value: string | number): string {
  const text = String(value);
  // A spreadsheet runs what begins like a formula, and people choose their own names.
  const safe = typeof value === "string" && /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

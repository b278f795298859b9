/** A time for people: date and minutes in this machine's time zone, as `2026-11-22 14:51`. */
export function localTime(ms: number): string {
  return format(ms, "short");
}

/** As localTime, with seconds. */
export function localTimeToSeconds(ms: number): string {
  return format(ms, "medium");
}

/** For scripts: ISO 8601 in UTC, or null for what is no time. */
export function isoTime(ms: number | undefined): string | null {
  return ms === undefined || Number.isNaN(ms) ? null : new Date(ms).toISOString();
}

function format(ms: number, timeStyle: "short" | "medium"): string {
  // Rows that older bots wrote may hold anything.
  if (Number.isNaN(ms)) return "unknown";
  // Sweden writes dates as ISO 8601 does.
  return new Intl.DateTimeFormat("sv-SE", { dateStyle: "short", timeStyle }).format(ms);
}

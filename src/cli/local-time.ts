/** A time for people: date and minutes in this machine's time zone, as `2026-11-22 14:51`. */
export function localTime(ms: number): string {
  return format(ms, "short");
}

/** As localTime, with seconds. */
export function localTimeToSeconds(ms: number): string {
  return format(ms, "medium");
}

function format(ms: number, timeStyle: "short" | "medium"): string {
  // Sweden writes dates as ISO 8601 does.
  return new Intl.DateTimeFormat("sv-SE", { dateStyle: "short", timeStyle }).format(ms);
}

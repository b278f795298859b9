/** A time for people: date and minutes in this machine's time zone, as `2026-11-22 14:51`. */
export function localTime(ms: number): string {
  return format(ms, 16);
}

/** As localTime, with seconds. */
export function localTimeToSeconds(ms: number): string {
  return format(ms, 19);
}

/** For scripts: ISO 8601 in UTC, or null for what is no time. */
export function isoTime(ms: number | undefined): string | null {
  return ms === undefined || Number.isNaN(ms) ? null : new Date(ms).toISOString();
}

/** By hand: `Intl` takes a second for the times of a long list. `length`: of `2026-11-22 14:51:00`, how much is shown. */
function format(ms: number, length: number): string {
  // Rows that older bots wrote may hold anything.
  if (Number.isNaN(ms)) return "unknown";
  const time = new Date(ms);
  const date = `${time.getFullYear()}-${two(time.getMonth() + 1)}-${two(time.getDate())}`;
  return `${date} ${two(time.getHours())}:${two(time.getMinutes())}:${two(time.getSeconds())}`.slice(
    0,
    length,
  );
}

/** With two digits. */
function two(value: number): string {
  return value < 10 ? `0${value}` : `${value}`;
}

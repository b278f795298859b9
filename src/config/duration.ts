const UNIT_MS = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/** What a duration looks like where people write one: a whole number and its unit, `30s`, `15m`, `2h`, `1d`. */
export const DURATION_PATTERN = /^\d{1,9}(ms|s|m|h|d)$/;

/** `30s`, `15m`, `2h`, `1d` in milliseconds; NaN for anything that DURATION_PATTERN does not match. */
export function durationToMs(written: string): number {
  if (!DURATION_PATTERN.test(written)) return Number.NaN;
  const unit = written.replace(/^\d+/, "") as keyof typeof UNIT_MS;
  return Number.parseInt(written, 10) * UNIT_MS[unit];
}

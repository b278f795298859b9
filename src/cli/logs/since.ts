import { durationToMs } from "../../config/duration.ts";
import { CoordError } from "../../core/operations/errors.ts";

/** The time (ms since the epoch) that `--since` means: so long ago, or a point in time. Throws usage. */
export function sinceMs(written: string | undefined, nowMs: number): number | undefined {
  if (written === undefined) return undefined;
  const ago = durationToMs(written);
  const time = Number.isNaN(ago) ? Date.parse(written) : nowMs - ago;
  if (Number.isNaN(time)) {
    throw new CoordError(
      "usage",
      `--since ${written}: expected 30m, 2h, 1d or a time such as 2026-11-22T14:00.`,
    );
  }
  return time;
}

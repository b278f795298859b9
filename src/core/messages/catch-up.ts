import type { Snowflake } from "../projects/project.ts";
import type { IncomingMessage } from "./inbound.ts";

export interface CatchUpLimits {
  /** Older ones are not run by themselves. */
  readonly maxAgeMs: number;
  /** Of one channel, so many of the newest are run; those before them are too many to run unasked. */
  readonly maxMessages: number;
  /** Those from before this time (ms since the epoch) are not run by themselves. */
  readonly expireBeforeMs?: number | undefined;
}

/** Why a missed message is not run by itself; a person may still have it run. */
export type LeftOut = "too_old" | "too_many";

/** What becomes of a message: `run` when it comes live, `catch_up` when it was missed, or it is left out. */
export type Fate = "run" | "catch_up" | LeftOut;

/** What becomes of missed messages, oldest first: those that are left out come before those that run. */
export function planCatchUp(
  missed: readonly IncomingMessage[],
  limits: CatchUpLimits,
  nowMs: number,
): readonly { readonly message: IncomingMessage; readonly fate: "catch_up" | LeftOut }[] {
  const firstToRun = missed.length - limits.maxMessages;
  return missed.map((message, index) => {
    const oldestMs = Math.max(nowMs - limits.maxAgeMs, limits.expireBeforeMs ?? 0);
    const isOld = snowflakeTimeMs(message.id) < oldestMs;
    const fate = isOld ? "too_old" : index < firstToRun ? "too_many" : "catch_up";
    return { message, fate };
  });
}

export function isLeftOut(fate: Fate): fate is LeftOut {
  return fate === "too_old" || fate === "too_many";
}

/** When a snowflake was made, in ms since the epoch. */
export function snowflakeTimeMs(id: Snowflake): number {
  return Number(BigInt(id) >> 22n) + DISCORD_EPOCH_MS;
}

/** The first snowflake of a moment in ms since the epoch. */
export function snowflakeAt(timeMs: number): Snowflake {
  return String(BigInt(Math.max(0, timeMs - DISCORD_EPOCH_MS)) << 22n);
}

/** From Discord's reference, "Snowflakes". */
const DISCORD_EPOCH_MS = 1_420_070_400_000;

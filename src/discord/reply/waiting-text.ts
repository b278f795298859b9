import { discordTime } from "./amounts.ts";

/** Shown while all agents are busy; `ahead` counts the conversations that wait in front of this one. */
export function waitingText(ahead: number): string {
  const line = "-# All agents are busy. Yours starts as soon as one is free";
  return ahead === 0
    ? `${line}; you are next.`
    : `${line}; ${ahead} ${ahead === 1 ? "is" : "are"} before you.`;
}

/** Shown when a usage limit holds a turn until `untilMs` (ms since the epoch). */
export function holdText(untilMs: number): string {
  return (
    "Claude's usage limit is reached. Your message waits, and Claude goes on with it by itself " +
    `at ${discordTime(untilMs, "t")} (${discordTime(untilMs, "R")}).`
  );
}

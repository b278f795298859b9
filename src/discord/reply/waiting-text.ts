import type { Hold } from "../../core/turns/hold.ts";
import type { Turn } from "../../core/turns/turn.ts";
import { discordTime, dollars } from "./amounts.ts";

/** Shown while all agents are busy; `ahead` counts the conversations that wait in front of this one. */
export function waitingText(ahead: number): string {
  const line = "-# All agents are busy. Yours starts as soon as one is free";
  return ahead === 0
    ? `${line}; you are next.`
    : `${line}; ${ahead} ${ahead === 1 ? "is" : "are"} before you.`;
}

/** What holds turns back, as people know it. */
export const HOLDS: Readonly<Record<NonNullable<Turn["heldBy"]>, string>> = {
  usage_limit: "Claude's usage limit",
  budget: "the project's budget",
};

/** Shown when a limit holds a turn. */
export function holdText(hold: Hold, projectName: string): string {
  const { untilMs } = hold;
  const waits =
    "Your message waits, and Claude goes on with it by itself " +
    `at ${discordTime(untilMs, "t")} (${discordTime(untilMs, "R")})`;
  if (hold.by === "usage_limit") return `Claude's usage limit is reached. ${waits}.`;
  const { spentUsd, limitUsd } = hold;
  return (
    `Today's budget of **${projectName}** is used up: ${dollars(spentUsd)} of ${dollars(limitUsd)}. ${waits}, ` +
    "unless an administrator lets the project run on today."
  );
}

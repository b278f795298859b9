import type { Health } from "../../core/operations/health.ts";

/** All that the status page shows, as it is at one moment. Times are ms since the epoch. */
export interface StatusFacts {
  readonly botName: string;
  readonly version: string;
  readonly claudeVersion: string;
  readonly nowMs: number;
  readonly startedAtMs: number;
  readonly health: Health;
  readonly agents: { readonly busy: number; readonly idle: number; readonly max: number };
  readonly conversations: readonly ConversationFact[];
  readonly running: readonly RunningFact[];
  readonly queue: readonly QueuedFact[];
  /** One for each of the last days, the oldest first, also those without a turn. */
  readonly days: readonly DayFact[];
  readonly errors: readonly ErrorFact[];
  readonly alerts: readonly { readonly text: string; readonly sinceMs: number }[];
}

export interface ConversationFact {
  readonly project: string;
  /** `#web`, where the bot sees the channel; its id otherwise. */
  readonly channel: string;
  readonly sessionId: string;
  readonly messages: number;
  readonly costUsd: number;
  readonly lastActiveMs: number;
  readonly state: "working" | "waiting" | "warm" | "resting";
}

export interface RunningFact {
  readonly project: string;
  readonly channel: string;
  readonly who: string;
  readonly startedAtMs: number;
  readonly tool: { readonly line: string; readonly startedAtMs: number } | undefined;
  readonly isWriting: boolean;
}

export interface QueuedFact {
  readonly project: string;
  readonly channel: string;
  readonly who: string;
  readonly acceptedAtMs: number;
  /** Why it does not run, when that is not just its turn. */
  readonly because: string | undefined;
}

export interface DayFact {
  /** As `2026-11-22`, in this machine's time zone. */
  readonly day: string;
  readonly costUsd: number;
  readonly turns: number;
}

export interface ErrorFact {
  readonly errorId: string;
  readonly atMs: number;
  readonly project: string;
  readonly code: string;
}

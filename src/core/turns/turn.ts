import type { AgentFailureCode } from "../agents/agent.ts";
import type { Snowflake } from "../projects/project.ts";
import type { Hold } from "./hold.ts";

/**
 * A turn's way: `accepted` once its row is committed, `queued` once it was told to wait, `running` while its agent
 * works, `delivering` once its end is known and must be shown; then one of four ends.
 */
export type TurnState = "accepted" | "queued" | "running" | "delivering" | TurnOutcome;

/** The ends. Each is visible to the person who asked. */
export type TurnOutcome = "answered" | "failed" | "cancelled" | "expired";

export type TurnEvent =
  /** Something else runs first, or a usage limit must pass. */
  | "wait"
  /** An agent takes it; also again, after a restart. */
  | "start"
  /** How it ended is known and committed; what the person will see is still to be sent. */
  | "end"
  /** Everything that the person should see stands in the channel. */
  | "deliver"
  /** Before it ran, its message was deleted, or edited so that it asks nothing any more. */
  | "withdraw"
  /** The channel or the permission to write there is gone. */
  | "give_up";

const MOVES: Readonly<Record<TurnState, Partial<Record<TurnEvent, TurnState | "outcome">>>> = {
  accepted: { wait: "queued", start: "running", end: "delivering", withdraw: "cancelled" },
  queued: { wait: "queued", start: "running", end: "delivering", withdraw: "cancelled" },
  running: { wait: "queued", start: "running", end: "delivering" },
  delivering: { deliver: "outcome", give_up: "failed" },
  answered: {},
  failed: {},
  cancelled: {},
  expired: {},
};

/** The state after `event`, or undefined when the event means nothing in this state and must change nothing. */
export function nextTurnState(
  state: TurnState,
  event: TurnEvent,
  outcome: TurnOutcome | undefined,
): TurnState | undefined {
  const next = MOVES[state][event];
  if (next === "outcome") return outcome;
  // Without an outcome there would be nothing to show, and no end to reach.
  if (event === "end" && outcome === undefined) return undefined;
  return next;
}

/** What the ledger knows of one turn: one accepted message, its run and its end. Times are ms since the epoch. */
export interface Turn {
  /** UUID; also the message's uuid on the way into the CLI. */
  readonly id: string;
  /** The conversation in whose session it runs. */
  readonly conversationId: Snowflake;
  /** The channel or thread in which it was asked and is answered: a thread may share its channel's conversation. */
  readonly channelId: Snowflake;
  readonly guildId: Snowflake;
  readonly projectName: string;
  /** The message that asked; undefined when the agent spoke by itself. */
  readonly messageId: Snowflake | undefined;
  readonly authorId: Snowflake | undefined;
  readonly authorName: string | undefined;
  /** What is asked, without the mention. */
  readonly prompt: string;
  readonly state: TurnState;
  /** The conversation's generation when it was accepted, then when it last started; a reset counts it up. */
  readonly generation: number;
  /** How often an agent was given it. */
  readonly attempts: number;
  /** The session whose agent has begun it, later the one in which it ended. */
  readonly sessionId: string | undefined;
  readonly acceptedAtMs: number;
  /** Not before this time, when a limit holds it. */
  readonly heldUntilMs: number | undefined;
  readonly heldBy: Hold["by"] | undefined;
  /** How many daemons died while it ran. */
  readonly crashes: number;
  /** The tool with effects that was at work when the daemon died, as people know it: `Bash npm publish`. */
  readonly openTool: string | undefined;
  /** Whether a person is asked before it goes on. */
  readonly awaits: "restart" | undefined;
  /** When its message got the form that is asked, if that was an edit. */
  readonly editedAtMs: number | undefined;
  /** Present from `delivering` on. */
  readonly end: TurnEnd | undefined;
}

/** How a turn ended: everything that is needed to show it, also after a restart. */
export interface TurnEnd {
  readonly outcome: TurnOutcome;
  /** The answer in Markdown; what was said before a failure, when it failed. */
  readonly answer: string;
  readonly failureCode: FailureCode | undefined;
  /** What a person can quote; the log has the rest under it. */
  readonly errorId: string | undefined;
  readonly resetsAtMs: number | undefined;
  /** One line each, shown above the answer: that an earlier context is gone, that tools were denied. */
  readonly notes: readonly TurnNote[];
  readonly stats: TurnStats | undefined;
}

/** An end with nothing to tell but its outcome. */
export const EMPTY_END: Omit<TurnEnd, "outcome"> = {
  answer: "",
  failureCode: undefined,
  errorId: undefined,
  resetsAtMs: undefined,
  notes: [],
  stats: undefined,
};

/** A failure of the agent, or of ours. */
export type FailureCode =
  | AgentFailureCode
  | "internal"
  | "project_gone"
  | "worktree_failed"
  | "author_refused"
  | "daemon_crashed"
  | "undeliverable"
  | "secret_withheld";

export type TurnNote =
  | { readonly type: "context_lost" }
  | { readonly type: "tools_denied"; readonly tools: readonly string[] }
  /** Why there is no folder to work in, in a sentence for people. */
  | { readonly type: "no_worktree"; readonly reason: string }
  /** Of an expired turn: for how many messages its notice stands, by why they were not run. */
  | { readonly type: "left_out"; readonly tooOld: number; readonly tooMany: number }
  /** Of an expired turn: the notice of this other one tells of it. */
  | { readonly type: "told_with"; readonly turnId: string }
  /** What looks like secrets of these kinds is left out of the answer. */
  | { readonly type: "secrets_hidden"; readonly kinds: readonly string[] };

export interface TurnStats {
  readonly costUsd: number;
  readonly durationMs: number;
  readonly numTurns: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly contextTokens: number;
  readonly contextWindow: number;
}

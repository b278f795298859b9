import type { AgentFailure, AgentSpec } from "../core/agents/agent.ts";
import type { ProcessOptions } from "./process.ts";

/** What every agent of an installation shares. */
export interface AgentDeps {
  /** What to start, or why it can't be. */
  readonly prepare: (spec: AgentSpec) => Promise<PreparedStart | AgentFailure>;
  readonly log: AgentLog;
  /** How long the process may take to answer at all. */
  readonly startTimeoutMs: number;
  readonly maxLineBytes: number;
  /** From SIGTERM to SIGKILL, when it is ended for a reason of its own. */
  readonly killGraceMs: number;
  /** Monotonic, in ms. */
  readonly now: () => number;
}

export type PreparedStart = Omit<ProcessOptions, "onStdout">;

/** The daemon's logger, as far as this room needs it. */
export interface AgentLog {
  debug(message: string, fields?: Readonly<Record<string, unknown>>): void;
  info(message: string, fields?: Readonly<Record<string, unknown>>): void;
  warn(message: string, fields?: Readonly<Record<string, unknown>>): void;
  error(message: string, fields?: Readonly<Record<string, unknown>>): void;
}

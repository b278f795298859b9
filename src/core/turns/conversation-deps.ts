import type { Refusal } from "../access/access.ts";
import type { SessionGrants } from "../access/grants.ts";
import type { PromptPart } from "../agents/agent.ts";
import type { AgentPool } from "../agents/agent-pool.ts";
import type { BudgetHold } from "../projects/budget.ts";
import type { Project, Snowflake } from "../projects/project.ts";
import type { Redactor } from "../secrets/redactor.ts";
import type { SecretPlace } from "../secrets/secret-watch.ts";
import type { Ledger, Session, SessionStore } from "./ledger.ts";
import type { Questions } from "./prompts.ts";
import type { OpenReply } from "./reply.ts";
import type { Turn } from "./turn.ts";

/** What a conversation needs of the world. */
export interface ConversationDeps {
  readonly ledger: Ledger;
  readonly sessions: SessionStore;
  readonly agents: AgentPool;
  readonly openReply: OpenReply;
  /** What a turn asks, with the files that came with it. Rejects with the signal's reason when that is aborted. */
  readonly promptOf: (turn: Turn, signal: AbortSignal) => Promise<readonly PromptPart[]>;
  /**
   * Why a turn's author may not talk at this moment; undefined when they may. Waits while that can't be known, and
   * rejects with the signal's reason when that is aborted.
   */
  readonly stillAllowed: (turn: Turn, signal: AbortSignal) => Promise<Refusal | undefined>;
  /** Why turns of a project have to wait, for what today's have cost; undefined when they may run. */
  readonly budgetHold: (projectName: string) => BudgetHold | undefined;
  readonly questions: Questions;
  /**
   * Takes what belongs below an answer, and was made since `sinceMs` (ms since the epoch), before its end is written
   * down. Never rejects.
   */
  readonly gatherFiles: (turn: Turn, answer: string, sinceMs: number) => Promise<void>;
  /** What people allowed for the rest of a session. */
  readonly grants: (sessionId: string) => SessionGrants;
  /** The project as it is configured now; undefined when it is no longer. */
  readonly project: (projectName: string) => Project | undefined;
  /**
   * The project as a session works in it: a thread's may have a folder of its own, which is made where it is missing.
   * Throws worktree_failed with a sentence for people.
   */
  readonly prepare: (project: Project, session: Session, signal: AbortSignal) => Promise<Project>;
  readonly timing: () => ConversationTiming;
  /** A tool use in a few words, as people know it: `Bash npm test`. */
  readonly toolLine: (name: string, input: Readonly<Record<string, unknown>>) => string;
  /** Keeps secrets from people. */
  readonly redactor: Redactor;
  /** Hears that a secret of ours was met, and returns the id under which the log has it. */
  readonly secretFound: (place: SecretPlace, turn: Turn) => string;
  readonly newId: () => string;
  readonly now: () => number;
  /** Records a failure in the log and returns the id under which it is found there. */
  readonly report: (what: string, detail: unknown, turn: Turn) => string;
  /** Hears that the ledger could not be used, and says whether that may pass by itself. */
  readonly storageTrouble: (error: unknown, conversationId: Snowflake) => boolean;
}

export interface ConversationTiming {
  readonly stallTimeoutMs: number;
  /** How long an agent may take to hear an interrupt. */
  readonly interruptGraceMs: number;
}

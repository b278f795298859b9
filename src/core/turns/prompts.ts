import type { AgentEvent, PermissionAnswer } from "../agents/agent.ts";
import type { Project, Snowflake } from "../projects/project.ts";
import type { Turn } from "./turn.ts";

export type PermissionRequest = Extract<AgentEvent, { type: "permission_requested" }>;

/** Where an agent's questions go: people, who may take their time. No method throws or waits. */
export interface Questions {
  /** Puts a request before people. `answer` is called once, unless the question is withdrawn or its turn ends. */
  open(request: PermissionRequest, turn: Turn, answer: (answer: PermissionAnswer) => void): void;
  /** The agent no longer waits for this answer. */
  withdraw(requestId: string): void;
  /** The turn is over, and with it its questions. */
  closeTurn(turnId: string): void;
}

/** Under bypassPermissions nobody is asked but by a question of Claude's own, or of ours; undefined where people are asked. */
export function answerWithoutAsking(
  { toolName, mustAsk }: PermissionRequest,
  project: Project | undefined,
): PermissionAnswer | undefined {
  const bypasses = project?.permissionMode === "bypassPermissions";
  if (!bypasses || toolName === "AskUserQuestion" || mustAsk) return undefined;
  return { behavior: "allow" };
}

/** `lost`: the daemon ended before anybody decided. */
export type PromptState = "open" | "allowed" | "denied" | "answered" | "timed_out" | "withdrawn" | "lost";

/** A question to people as the database keeps it. */
export interface Prompt {
  /** Stands in the custom_id of the prompt's buttons. */
  readonly id: string;
  readonly turnId: string;
  readonly conversationId: Snowflake;
  readonly toolName: string;
  /** What its message says, without what came of it. */
  readonly text: string;
  readonly messageId: Snowflake | undefined;
  readonly state: PromptState;
  readonly decidedBy: Snowflake | undefined;
  readonly openedAtMs: number;
  readonly decidedAtMs: number | undefined;
}

export type NewPrompt = Pick<Prompt, "id" | "turnId" | "conversationId" | "toolName" | "text">;

export interface PromptStore {
  opened(prompt: NewPrompt): void;
  /** Its message stands in the channel. */
  posted(id: string, messageId: Snowflake): void;
  /** False when it was decided before: then nothing changed. */
  decide(id: string, state: Exclude<PromptState, "open">, decidedBy?: Snowflake): boolean;
  find(id: string): Prompt | undefined;
  /** Whether a message is a question's. */
  has(messageId: Snowflake): boolean;
  /** Those that nobody has decided. */
  open(): readonly Prompt[];
}

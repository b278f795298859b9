import type { TurnOutcome, TurnState } from "../turns/turn.ts";

/** A session of a conversation, the current one or one that has ended. Times are ms since the epoch. */
export interface SessionRecord {
  readonly conversationId: string;
  readonly projectName: string;
  readonly sessionId: string;
  readonly messageCount: number;
  readonly costUsd: number;
  readonly title: string | undefined;
  /** The session that it began as a copy of. */
  readonly forkOf: string | undefined;
  readonly createdAtMs: number;
  readonly lastActiveMs: number;
  /** Whether the CLI has taken a turn in it. */
  readonly started: boolean;
  /** Turns of its conversation that have not reached their end. */
  readonly openTurns: number;
  /** Undefined for the current session of a conversation. */
  readonly ended: { readonly atMs: number; readonly reason: string } | undefined;
}

/** A turn as people look back at it. Times are ms since the epoch. */
export interface TurnRecord {
  readonly id: string;
  readonly conversationId: string;
  readonly projectName: string;
  readonly messageId: string | undefined;
  readonly authorName: string | undefined;
  readonly prompt: string;
  readonly state: TurnState;
  readonly outcome: TurnOutcome | undefined;
  readonly answer: string | undefined;
  readonly failureCode: string | undefined;
  readonly errorId: string | undefined;
  readonly resetsAtMs: number | undefined;
  readonly sessionId: string | undefined;
  readonly attempts: number;
  readonly costUsd: number | undefined;
  readonly durationMs: number | undefined;
  readonly acceptedAtMs: number;
  readonly endedAtMs: number | undefined;
}

/** Questions about what was; nothing here changes anything. */
export interface History {
  /** The latest active first; with `past`, also those that have ended. Read one by one, while the database is open. */
  sessions(options?: { project?: string | undefined; past?: boolean | undefined }): Iterable<SessionRecord>;
  /** By channel, by session id or its beginning, or by project; current ones before those that have ended. */
  find(word: string): SessionRecord[];
  /** The session's turns, oldest first. */
  turnsOf(session: SessionRecord): TurnRecord[];
  /** Turns with an error id, newest first. */
  failures(options: { limit: number; sinceMs?: number | undefined }): TurnRecord[];
  /** The turn that this error id was given to. */
  failure(errorId: string): TurnRecord | undefined;
}

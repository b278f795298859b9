import type { Snowflake } from "../projects/project.ts";

/** A file for people: a copy of our own, which stays as it was when Claude sent it. */
export interface OutgoingFile {
  /** What people see. */
  readonly name: string;
  /** Absolute. */
  readonly path: string;
  readonly sizeBytes: number;
}

/**
 * Files that Claude has sent and that belong below an answer. They wait with their conversation; the turn that ends
 * next takes them, in the transaction of its end.
 */
export interface OutgoingStore {
  /** False when the same content waits under this name already: a turn that runs again sends it once. */
  add(conversationId: Snowflake, file: OutgoingFile & { readonly sha256: string }): boolean;
  /** How many wait. */
  waiting(conversationId: Snowflake): number;
  /** What a turn that has ended took, in the order in which it was sent. */
  ofTurn(turnId: string): readonly OutgoingFile[];
  /** Paths of those that nobody has seen yet. */
  unsentPaths(): readonly string[];
}

import type { LeftOut } from "../messages/catch-up.ts";
import type { Material } from "../messages/material.ts";
import type { Snowflake } from "../projects/project.ts";
import type { Turn, TurnEnd, TurnEvent } from "./turn.ts";

/** A message that is about to be accepted. */
export interface NewTurn {
  readonly id: string;
  readonly conversationId: Snowflake;
  /** Where it was asked; the conversation's own channel unless given. */
  readonly channelId?: Snowflake;
  readonly guildId: Snowflake;
  readonly projectName: string;
  readonly messageId: Snowflake | undefined;
  readonly authorId: Snowflake | undefined;
  readonly authorName: string | undefined;
  readonly prompt: string;
  /** Kept with the turn; nothing unless given. */
  readonly material?: Material;
  /** Given when the message was edited after its turn had ended: each edit is accepted once (ms since the epoch). */
  readonly editedAtMs?: number;
}

export interface MoveOptions {
  /** With `wait`: not before this time (ms since the epoch). */
  readonly heldUntilMs?: number;
  readonly heldBy?: Turn["heldBy"];
  /** With `start`: the conversation's generation when its session was looked up; nothing moves when it was reset since. */
  readonly generation?: number;
  /** With `give_up`: what a person can quote. */
  readonly errorId?: string;
}

/** A turn goes on by itself, waits for a person's word, or ends. */
export type RecoveryDecision =
  | { readonly fate: "continue" | "ask" }
  | { readonly fate: "give_up"; readonly end: TurnEnd };

/** What a message asks after an edit at `editedAtMs` (ms since the epoch). */
export interface Revision {
  readonly prompt: string;
  readonly material: Material;
  readonly editedAtMs: number;
}

/**
 * The durable record of turns; every method is one transaction and has happened when it returns. The queue of a
 * conversation is what the ledger says is waiting: there is no second list that could disagree with it.
 */
export interface Ledger {
  /** The new turn, or undefined when its message was accepted before. */
  accept(turn: NewTurn): Turn | undefined;
  /** The oldest turn of the conversation that has not ended and is not `delivering`. */
  nextOpen(conversationId: Snowflake): Turn | undefined;
  /** All such turns of the conversation, oldest first. */
  open(conversationId: Snowflake): readonly Turn[];
  /** Conversations with turns that have not reached their end. */
  unfinishedConversations(): readonly UnfinishedConversation[];
  /** Turns whose end is known and not yet shown, oldest first. */
  undelivered(conversationId: Snowflake): readonly Turn[];
  /** Moves a turn; false when the event means nothing in its state (then nothing changed). */
  move(turnId: string, event: Exclude<TurnEvent, "end">, options?: MoveOptions): boolean;
  /**
   * Records how a turn ended, in one transaction with its session: message count, last activity and cost. After a
   * reset that is a past one, and stays so.
   */
  end(turnId: string, end: TurnEnd, session?: { sessionId: string; costUsd: number }): boolean;
  /** Records a turn whose end is known from the start. Undefined when its message was accepted before. */
  record(turn: NewTurn, end: TurnEnd, session?: { sessionId: string; costUsd: number }): Turn | undefined;
  /**
   * Records a message that is not run by itself. `noticeOf` names an earlier one whose notice counts this one too.
   * Undefined when the message was accepted before.
   */
  expire(turn: NewTurn, why: LeftOut, noticeOf: string | undefined): Turn | undefined;
  /**
   * Opens an expired turn again, and those of which its notice tells, as the newest of its conversation; false when
   * it is in any other state.
   */
  revive(turnId: string): boolean;
  /** The agent of this session has begun the turn: a new one may be told to take it up. */
  begun(turnId: string, sessionId: string): void;
  /** Notes which tool with effects is at work, so that a crash is known to have cut it short; undefined for none. */
  noteTool(turnId: string, tool: string | undefined): void;
  /**
   * At the start, in one transaction: counts a crash for each turn that was running, puts it back in its queue, and
   * does with it what `decide` says; also with one that was let go while a tool with effects was at work.
   */
  recover(decide: (turn: Turn) => RecoveryDecision): void;
  /** Lets the turn wait for a person's decision, or, with undefined, go on: then its cut-short tool is forgotten. */
  await(turnId: string, decision: Turn["awaits"]): void;
  /** Gives a turn that no agent has seen yet the new form of its message; false for any other. */
  revise(turnId: string, revision: Revision): boolean;
  /** Whether the session of a channel has heard anything from a thread that shares it, since the last reset. */
  wasAskedIn(channelId: Snowflake): boolean;
  turn(turnId: string): Turn | undefined;
  /** The newest turn of a message. */
  ofMessage(messageId: Snowflake): Turn | undefined;
}

export interface UnfinishedConversation {
  readonly conversationId: Snowflake;
  readonly projectName: string;
  readonly guildId: Snowflake;
}

/** The current session of a conversation. */
export interface Session {
  readonly conversationId: Snowflake;
  readonly projectName: string;
  /** UUID of the Claude Code session. */
  readonly sessionId: string;
  /** Whether the CLI has taken a turn in it, so that it can be resumed. */
  readonly started: boolean;
  readonly messageCount: number;
  readonly lastActiveMs: number;
  /** The CLI's running total for this session, in US dollars; a fork begins with that of its origin. */
  readonly costUsd: number;
  readonly generation: number;
  /** What people call it, here and in the CLI's own list. */
  readonly title: string | undefined;
  /** The session of which its first turn makes a copy that goes its own way. */
  readonly forkOf: string | undefined;
}

/** A session of a conversation that has ended. Times are ms since the epoch. */
export interface PastSession {
  readonly sessionId: string;
  readonly title: string | undefined;
  readonly messageCount: number;
  readonly costUsd: number;
  readonly lastActiveMs: number;
  readonly endedAtMs: number;
  /** Why it ended. */
  readonly reason: string;
  /** The first thing that was asked in it, as far as the ledger still has it. */
  readonly firstPrompt: string | undefined;
}

export interface SessionStore {
  /** The current session, or a new one under `newSessionId`, recorded before anything runs in it. */
  currentOrNew(conversationId: Snowflake, projectName: string, newSessionId: string): Session;
  current(conversationId: Snowflake): Session | undefined;
  /** The CLI has taken a turn in this session. */
  markStarted(conversationId: Snowflake, sessionId: string): void;
  /** Puts a new session in place of one that can't be resumed; the old id stays in the history with the reason. */
  replace(old: Session, newSessionId: string, reason: string): Session;
  /** Ends the conversation's session and counts up its generation. Returns the session that ended. */
  reset(conversationId: Snowflake, reason: string): Session | undefined;
  /**
   * Puts a session of the conversation's past in place of the current one, which becomes a part of that past, and
   * counts up its generation. Undefined when it is not there (any more): then nothing has changed.
   */
  resume(conversationId: Snowflake, sessionId: string, reason: string): Session | undefined;
  /** Gives a conversation that has none a session that begins as a copy of another one. */
  fork(conversationId: Snowflake, fork: NewFork): Session;
  /** Names a session, current or past; undefined takes its name away. False when there is no such session. */
  rename(sessionId: string, title: string | undefined): boolean;
  /** Changes whenever another process has changed the database, as `sessions reset` in a shell does. */
  version(): number;
  list(): readonly Session[];
}

export interface NewFork {
  readonly sessionId: string;
  /** The session that is copied, with its cost so far. */
  readonly forkOf: string;
  readonly costUsd: number;
  readonly projectName: string;
  readonly title: string | undefined;
}

/** A message of ours for a turn: `position` counts from 0 within the turn. */
export interface Delivery {
  readonly turnId: string;
  readonly position: number;
  /** Given to Discord with enforce_nonce: sending it twice makes one message. At most 25 characters. */
  readonly nonce: string;
  readonly messageId: Snowflake | undefined;
  readonly createdAtMs: number;
}

export interface DeliveryStore {
  /** The deliveries of a turn by position. */
  ofTurn(turnId: string): readonly Delivery[];
  /** Whether a message is one of them. */
  has(messageId: Snowflake): boolean;
  /** Recorded before it is sent, so that a crash between the two is seen. */
  plan(turnId: string, position: number, nonce: string): void;
  sent(turnId: string, position: number, messageId: Snowflake): void;
  /** The message was taken away again, by us or by somebody. */
  forget(turnId: string, position: number): void;
}

/** Per channel and thread, where looking began and the newest message that was looked at. */
export interface CursorStore {
  cursor(channelId: Snowflake): Snowflake | undefined;
  /** The first cursor of a channel: what stands before it was said before the bot came. */
  beginning(channelId: Snowflake): Snowflake | undefined;
  /** Sets the first cursor of a channel that has none. */
  begin(channelId: Snowflake, messageId: Snowflake): void;
  /** Never moves back. */
  advance(channelId: Snowflake, messageId: Snowflake): void;
  /** When all threads under a channel were last looked at, in ms since the epoch. */
  threadsSeenAtMs(channelId: Snowflake): number | undefined;
  threadsSeen(channelId: Snowflake, atMs: number): void;
}

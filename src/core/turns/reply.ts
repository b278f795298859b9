import type { AgentEvent } from "../agents/agent.ts";
import type { Hold } from "./hold.ts";
import type { Turn, TurnEnd } from "./turn.ts";

/** What the person sees of one turn while it runs and when it ends. */
export interface Reply {
  /** The turn starts to run: shown as typing until its end. */
  begin(): void;
  /** Shows that all agents are busy and how many conversations wait in front of this one. */
  waits(ahead: number): void;
  /** Shows progress; never throws and never waits. */
  show(event: AgentEvent): void;
  /** Asks whether a turn goes on whose tool was cut short by the daemon's end. Rejects as `finish` does. */
  askToContinue(tool: string): Promise<void>;
  /** Shows the end. Settles when it stands in the channel; rejects with Undeliverable (or Refused) when it never can. */
  finish(end: TurnEnd): Promise<void>;
  /** Shows that the turn waits for a limit to lift, and lets go. */
  hold(hold: Hold): Promise<void>;
  /** Shows, after `finish` was refused, that there is an answer which Discord does not take. Rejects as `finish`. */
  refused(errorId: string, answer: string): Promise<void>;
  /** Takes away what was shown: the message is gone, or asks nothing any more. Rejects as `finish` does. */
  withdraw(): Promise<void>;
  /** Lets go without an end: the daemon stops; the ledger knows the rest. */
  leave(): Promise<void>;
}

/** Nothing of it is written before `after` settles: an earlier answer may still be on its way to the same channel. */
export type OpenReply = (turn: Turn, after: Promise<void>) => Reply;

/** What was to be shown never can be: the channel, or the permission to write there, is gone. */
export class Undeliverable extends Error {
  constructor(message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.name = "Undeliverable";
  }
}

/** Discord takes messages in this channel, but not this one, however often it is sent. */
export class Refused extends Undeliverable {
  constructor(message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.name = "Refused";
  }
}

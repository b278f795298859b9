import type { AgentEvent } from "../agents/agent.ts";
import { whileWanted } from "../operations/while-wanted.ts";
import type { Snowflake } from "../projects/project.ts";
import type { ConversationDeps } from "./conversation-deps.ts";
import { createDeliveryLine } from "./delivery-line.ts";
import { EMPTY_END, type Turn } from "./turn.ts";
import { createTurnInSession } from "./turn-in-session.ts";
import { createUnprompted } from "./unprompted.ts";
import { untilWritten } from "./until-written.ts";

export interface Conversation {
  /** Looks at the ledger again: a turn was accepted, or a hold is over. */
  wake(): void;
  /** The same after a start or a lost connection, once `reviewed` settles: whether what waits is still wanted. */
  resume(reviewed: Promise<void>): void;
  /** Shows the end of a turn that did not run. */
  tell(turn: Turn): void;
  /** A turn was edited or withdrawn before an agent had it. */
  revised(turnId: string): void;
  /** Hears what the agent of a session says without being asked: when a background task has ended. */
  unprompted(event: AgentEvent, sessionId: string): void;
  /** Interrupts the running turn; false when none runs. */
  interrupt(): boolean;
  /** Cancels a turn, running or waiting; false when it has ended already. */
  cancel(turnId: string): boolean;
  /** Settles when nothing runs and nothing is left to deliver. */
  idle(): Promise<void>;
  /** Starts no further turn; what still runs is let go when `force` is aborted, to be continued later. */
  close(force: AbortSignal): Promise<void>;
}

/**
 * One channel's conversation: its turns run one at a time, in the order in which their messages came. What waits is
 * what the ledger says; this object holds only what can be lost.
 */
export function createConversation(conversationId: Snowflake, deps: ConversationDeps): Conversation {
  const { ledger } = deps;
  let running: AbortController | undefined;
  let abandoned = false;
  let outdated = false;
  let holdTimer: NodeJS.Timeout | undefined;
  let retryTimer: NodeJS.Timeout | undefined;
  let hasTakenUp = false;
  let reviewing: Promise<void> | undefined;
  const asked = new Set<string>();
  let latest: Turn | undefined;

  const closing = new AbortController();
  const released = new AbortController();
  const onTrouble = (error: unknown) => deps.storageTrouble(error, conversationId);
  const written = <T>(write: () => T) => untilWritten(write, { signal: released.signal, onTrouble });
  /** For what is good to have written down, and no reason to stop an agent's events. */
  const noted = (write: () => unknown) => {
    try {
      write();
    } catch (error) {
      onTrouble(error);
    }
  };

  const line = createDeliveryLine(deps, {
    written,
    isClosing: () => closing.signal.aborted,
    isReleased: () => released.signal.aborted,
    onTrouble,
    onOver: () => wake(),
  });
  const runInSession = createTurnInSession(conversationId, deps, { written, noted });
  const openReply = (turn: Turn) => deps.openReply(turn, line.last);

  /** What an earlier process had not delivered comes before all that this one has to say. */
  const takeUp = () => {
    if (hasTakenUp) return;
    const undelivered = ledger.undelivered(conversationId);
    hasTakenUp = true;
    for (const turn of undelivered) line.deliver(turn, openReply(turn));
  };

  const reviewed = async () => {
    while (reviewing !== undefined && !closing.signal.aborted) {
      const awaited = reviewing;
      await Promise.race([awaited, aborted(closing.signal)]);
      if (reviewing === awaited) reviewing = undefined;
    }
  };

  const drain = async () => {
    takeUp();
    for (;;) {
      await reviewed();
      if (closing.signal.aborted) return;
      const turn = ledger.nextOpen(conversationId);
      if (turn === undefined) return;
      if (turn.awaits !== undefined) return askToContinue(turn);
      if (turn.heldUntilMs !== undefined && isHeld(turn)) return holdUntil(turn.heldUntilMs);
      await runOne(turn);
    }
  };

  const askToContinue = (turn: Turn) => {
    if (asked.has(turn.id)) return;
    asked.add(turn.id);
    line.askToContinue(turn, openReply(turn));
  };

  /** A budget may have been raised since, or an administrator lets the project run on. */
  const isHeld = ({ heldUntilMs = 0, heldBy, projectName }: Turn) =>
    heldUntilMs > deps.now() && (heldBy !== "budget" || deps.budgetHold(projectName) !== undefined);

  const holdUntil = (timeMs: number) => {
    clearTimeout(holdTimer);
    // Looked at again on the way: a clock that was set meanwhile counts from then on.
    holdTimer = setTimeout(wake, Math.min(timeMs - deps.now(), LONGEST_TIMER_MS));
  };

  const runOne = async (turn: Turn) => {
    running = new AbortController();
    outdated = false;
    latest = turn;
    const reply = openReply(turn);
    // What an earlier process, or an earlier try, has made of it counts too.
    const sinceMs = turn.attempts > 0 ? turn.acceptedAtMs : deps.now();
    reply.begin();
    try {
      const { signal } = running;
      const takeRevision = () => {
        const was = outdated;
        outdated = false;
        return was;
      };
      const result = await runInSession({ turn, reply, signal, isLetGo: () => abandoned, takeRevision });
      if (abandoned) {
        // Not a crash: nothing was cut short but what we cut short ourselves.
        noted(() => ledger.move(turn.id, "wait"));
        return await reply.leave();
      }
      if ("hold" in result) {
        const { by: heldBy, untilMs: heldUntilMs } = result.hold;
        await written(() => ledger.move(turn.id, "wait", { heldUntilMs, heldBy }));
        return await reply.hold(result.hold).catch((error: unknown) => {
          deps.report("it could not be told that the turn is held", error, turn);
        });
      }
      await deps.gatherFiles(turn, result.end.answer, sinceMs);
      // An answer that can't be written down yet is kept until it can: Claude's work is in it.
      const ended = await written(() => ledger.end(turn.id, result.end, result.session));
      if (!ended && ledger.turn(turn.id)?.state === "cancelled") return line.withdraw(turn, reply);
      line.deliver({ ...turn, end: result.end }, reply);
    } catch (error) {
      await reply.leave();
      throw error;
    } finally {
      running = undefined;
    }
  };

  /** Before anything was taken up, the turn is among what waits there. */
  const tell = (turn: Turn) => {
    if (hasTakenUp) line.deliver(turn, openReply(turn));
    else wake();
  };

  const unprompted = createUnprompted(conversationId, deps, {
    latest: () => latest,
    record: (gathered, write) => {
      const recorded = gathered.then(() => written(write));
      // It may fail long before its place in the line comes.
      recorded.catch(() => {});
      line.add(async () => {
        const turn = await recorded;
        if (turn !== undefined) tell(turn);
      });
    },
  });

  const draining = whileWanted(drain, (error) => {
    if (released.signal.aborted || !onTrouble(error) || closing.signal.aborted) return;
    clearTimeout(retryTimer);
    retryTimer = setTimeout(wake, RETRY_MS);
  });
  const wake = () => draining.want();

  const idle = async () => {
    await draining.idle();
    await line.idle();
  };

  return {
    wake,
    resume: (reviewed) => {
      reviewing = reviewed;
      wake();
    },
    tell,
    unprompted: (event, sessionId) => noted(() => unprompted(event, sessionId)),
    revised: (turnId) => {
      const turn = ledger.turn(turnId);
      const isRunning = running !== undefined && latest?.id === turnId;
      if (turn?.state !== "cancelled") outdated ||= isRunning;
      else if (isRunning) running?.abort();
      else line.withdraw(turn, openReply(turn));
      // One that waited for a person, or for a limit, held up those behind it.
      wake();
    },
    interrupt: () => {
      running?.abort();
      return running !== undefined;
    },
    cancel: (turnId) => {
      if (running !== undefined && latest?.id === turnId) {
        running.abort();
        return true;
      }
      if (!ledger.end(turnId, { ...EMPTY_END, outcome: "cancelled" })) return false;
      const ended = ledger.turn(turnId);
      if (ended !== undefined) tell(ended);
      wake();
      return true;
    },
    idle,
    close: async (force) => {
      closing.abort();
      clearTimeout(holdTimer);
      clearTimeout(retryTimer);
      const letGo = async () => {
        abandoned = true;
        released.abort();
        // Ended rather than interrupted: the CLI takes up a turn that was cut off, not one that a person stopped.
        await deps.agents.end(conversationId);
        running?.abort();
      };
      const onForce = () => void letGo();
      if (force.aborted) onForce();
      force.addEventListener("abort", onForce);
      await idle();
      force.removeEventListener("abort", onForce);
    },
  };
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener("abort", () => resolve(), { once: true });
  });
}

const LONGEST_TIMER_MS = 60_000;

/** After the ledger could not be read or written. */
const RETRY_MS = 5_000;

import type { AgentEvent } from "./agent.ts";
import type { ConversationDeps } from "./conversation-deps.ts";
import type { Snowflake } from "./project.ts";
import { type AnswerRequest, putToPeople } from "./put-to-people.ts";
import { Refused, type Reply, Undeliverable } from "./reply.ts";
import { statsOf, totalCost } from "./session-cost.ts";
import { EMPTY_END, type Turn, type TurnEnd } from "./turn.ts";
import { createTurnInSession } from "./turn-in-session.ts";
import { untilWritten } from "./until-written.ts";

export interface Conversation {
  /** Looks at the ledger again: a turn was accepted, or a hold is over. */
  wake(): void;
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
  let draining: Promise<void> | undefined;
  let wanted = false;
  let closing = false;
  let running: AbortController | undefined;
  let abandoned = false;
  let outdated = false;
  let holdTimer: NodeJS.Timeout | undefined;
  let retryTimer: NodeJS.Timeout | undefined;
  // What an earlier process had not delivered; once taken up, it is in `deliveries` like everything else.
  const leftovers = { delivered: false };
  const asked = new Set<string>();
  let latest: Turn | undefined;
  let spoken: string[] = [];
  // The next turn runs while the last answer is still on its way, but its messages stay behind that answer's.
  let deliveries: Promise<void> = Promise.resolve();

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

  const runInSession = createTurnInSession(conversationId, deps, { written, noted });

  const drain = async () => {
    if (!leftovers.delivered) {
      const undelivered = ledger.undelivered(conversationId);
      leftovers.delivered = true;
      for (const turn of undelivered) deliver(turn, deps.openReply(turn, deliveries));
    }
    while (!closing) {
      const turn = ledger.nextOpen(conversationId);
      if (turn === undefined) return;
      if (turn.awaits !== undefined) return askToContinue(turn);
      if (turn.heldUntilMs !== undefined && turn.heldUntilMs > deps.now()) return holdUntil(turn.heldUntilMs);
      await runOne(turn);
    }
  };

  const askToContinue = (turn: Turn) => {
    if (asked.has(turn.id)) return;
    asked.add(turn.id);
    const reply = deps.openReply(turn, deliveries);
    inOrder(async () => {
      try {
        await reply.askToContinue(turn.openTool ?? "");
      } catch (error) {
        const errorId = deps.report("the question could not be put", error, turn);
        // Nobody will ever press its buttons: the turn ends here instead of waiting for ever.
        if (!(error instanceof Undeliverable)) return;
        await written(() => ledger.end(turn.id, { ...EMPTY_END, outcome: "cancelled" }));
        await written(() => ledger.move(turn.id, "give_up", { errorId }));
        wake();
      }
    });
  };

  /** One after the other. What fails in one has been told, or belongs to a daemon that stops: the next goes on. */
  const inOrder = (deliver: () => Promise<void>) => {
    deliveries = deliveries.then(deliver).catch((error: unknown) => {
      if (!released.signal.aborted) onTrouble(error);
    });
  };

  const holdUntil = (timeMs: number) => {
    clearTimeout(holdTimer);
    // Looked at again on the way: a clock that was set meanwhile counts from then on.
    holdTimer = setTimeout(wake, Math.min(timeMs - deps.now(), LONGEST_TIMER_MS));
  };

  const runOne = async (turn: Turn) => {
    running = new AbortController();
    outdated = false;
    latest = turn;
    const reply = deps.openReply(turn, deliveries);
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
      if ("heldUntilMs" in result) {
        await written(() => ledger.move(turn.id, "wait", result));
        return await reply.hold(result.heldUntilMs).catch((error: unknown) => {
          deps.report("it could not be told that the turn is held", error, turn);
        });
      }
      // An answer that can't be written down yet is kept until it can: Claude's work is in it.
      const ended = await written(() => ledger.end(turn.id, result.end, result.session));
      if (!ended && ledger.turn(turn.id)?.state === "cancelled") return withdraw(turn, reply);
      deliver({ ...turn, end: result.end }, reply);
    } catch (error) {
      await reply.leave();
      throw error;
    } finally {
      running = undefined;
    }
  };

  const withdraw = (turn: Turn, reply: Reply) => {
    inOrder(() =>
      reply.withdraw().catch((error: unknown) => {
        deps.report("what was shown of a withdrawn turn still stands", error, turn);
      }),
    );
  };

  const deliver = (turn: Turn, reply: Reply) => {
    const { end } = turn;
    if (end === undefined) return;
    inOrder(async () => {
      try {
        await reply.finish(end);
      } catch (error) {
        // Anything else than a lost channel is tried again at the next start: the turn stays `delivering`.
        if (closing && !(error instanceof Undeliverable)) return;
        const errorId = deps.report("the answer could not be delivered", error, turn);
        if (!(error instanceof Undeliverable)) return;
        if (error instanceof Refused) await tellRefused(reply, errorId, end.answer);
        await written(() => ledger.move(turn.id, "give_up", { errorId }));
        return;
      }
      await written(() => ledger.move(turn.id, "deliver"));
    });
  };

  /** Rejects when the daemon stops before it is told: then the next start tries the whole answer once more. */
  const tellRefused = async (reply: Reply, errorId: string, answer: string) => {
    try {
      await reply.refused(errorId, answer);
    } catch (error) {
      if (!(error instanceof Undeliverable)) throw error;
    }
  };

  const unprompted = (event: AgentEvent, sessionId: string) => {
    if (event.type === "turn_started") spoken = [];
    if (event.type === "text" && !event.inSubagent) spoken.push(event.text);
    if (latest === undefined) return;
    // Asked in the name of whoever spoke last: it is their work that goes on.
    const answerIt: AnswerRequest = (requestId, given) =>
      deps.agents.answer(conversationId, requestId, given);
    putToPeople(event, latest, answerIt, deps);
    if (event.type === "turn_ended" || event.type === "exited") deps.questions.closeTurn(latest.id);
    if (event.type !== "turn_ended") return;
    const session = deps.sessions.current(conversationId);
    const answer = spoken.join("\n\n");
    // After a reset, what the old session's agent still says is no part of the new one.
    if (session?.sessionId !== sessionId || answer.trim() === "") return;
    const { guildId, projectName } = latest;
    const heard = {
      id: deps.newId(),
      conversationId,
      guildId,
      projectName,
      messageId: undefined,
      authorId: undefined,
      authorName: undefined,
      prompt: "",
    };
    const stats = statsOf(event.end, session);
    const total = { sessionId: session.sessionId, costUsd: totalCost(event.end, session) };
    inOrder(async () => {
      const end: TurnEnd = { ...EMPTY_END, outcome: "answered", answer, stats };
      const turn = await written(() => ledger.record(heard, end, total));
      if (turn !== undefined) tell(turn);
    });
  };

  const tell = (turn: Turn) => deliver(turn, deps.openReply(turn, deliveries));

  const wake = () => {
    wanted = true;
    draining ??= (async () => {
      while (wanted) {
        wanted = false;
        await drain();
      }
    })()
      .catch((error: unknown) => {
        if (released.signal.aborted || !onTrouble(error) || closing) return;
        clearTimeout(retryTimer);
        retryTimer = setTimeout(wake, RETRY_MS);
      })
      .finally(() => {
        draining = undefined;
      });
  };

  const idle = async () => {
    while (draining !== undefined) await draining;
    // One that is delivered may bring a further one.
    for (let awaited: unknown; awaited !== deliveries; await awaited) awaited = deliveries;
  };

  return {
    wake,
    tell,
    unprompted,
    revised: (turnId) => {
      const turn = ledger.turn(turnId);
      const isRunning = running !== undefined && latest?.id === turnId;
      if (turn?.state !== "cancelled") outdated ||= isRunning;
      else if (isRunning) running?.abort();
      else withdraw(turn, deps.openReply(turn, deliveries));
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
      closing = true;
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

const LONGEST_TIMER_MS = 60_000;

/** After the ledger could not be read or written. */
const RETRY_MS = 5_000;

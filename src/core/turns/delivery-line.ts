import type { ConversationDeps } from "./conversation-deps.ts";
import { Refused, type Reply, Undeliverable } from "./reply.ts";
import { EMPTY_END, type Turn } from "./turn.ts";

export interface DeliveryLineOptions {
  /** Waits until the ledger can be written; rejects when the daemon lets go. */
  readonly written: <T>(write: () => T) => Promise<T>;
  /** Whether the daemon stops: what fails then is for the next start. */
  readonly isClosing: () => boolean;
  /** Whether it has let go of everything. */
  readonly isReleased: () => boolean;
  readonly onTrouble: (error: unknown) => void;
  /** A turn that waited for a word of a person has ended: those behind it may go on. */
  readonly onOver: () => void;
}

/** What a conversation shows at the end of its turns, one after the other, while the next turn runs already. */
export interface DeliveryLine {
  /** Settles when everything that is in line now is shown. */
  readonly last: Promise<void>;
  /** Shows how the turn ended, and records that. */
  deliver(turn: Turn, reply: Reply): void;
  /** Takes away what was shown of a turn. */
  withdraw(turn: Turn, reply: Reply): void;
  /** Asks whether a turn goes on whose tool was cut short. */
  askToContinue(turn: Turn, reply: Reply): void;
  /** Does something else in its place in the line. */
  add(step: () => Promise<void>): void;
  /** Settles when nothing is in line. */
  idle(): Promise<void>;
}

export function createDeliveryLine(
  { ledger, report }: Pick<ConversationDeps, "ledger" | "report">,
  { written, isClosing, isReleased, onTrouble, onOver }: DeliveryLineOptions,
): DeliveryLine {
  let last: Promise<void> = Promise.resolve();

  /** What fails in one step has been told, or belongs to a daemon that stops: the next goes on. */
  const add = (step: () => Promise<void>) => {
    last = last.then(step).catch((error: unknown) => {
      if (!isReleased()) onTrouble(error);
    });
  };

  const deliver = (turn: Turn, reply: Reply) => {
    const { end } = turn;
    if (end === undefined) return;
    add(async () => {
      try {
        await reply.finish(end);
      } catch (error) {
        // A channel that is gone stays gone; anything else is tried again at the next start.
        if (isClosing() && !(error instanceof Undeliverable)) return;
        const errorId = report("the answer could not be delivered", error, turn);
        const isRefused = error instanceof Refused || !(error instanceof Undeliverable);
        if (isRefused) await tellRefused(turn, reply, errorId, end.answer);
        await written(() => ledger.move(turn.id, "give_up", { errorId }));
        return;
      }
      await written(() => ledger.move(turn.id, "deliver"));
    });
  };

  /** Rejects when the daemon stops before it is told: then the next start tries the whole answer once more. */
  const tellRefused = async (turn: Turn, reply: Reply, errorId: string, answer: string) => {
    try {
      await reply.refused(errorId, answer);
    } catch (error) {
      if (isClosing() && !(error instanceof Undeliverable)) throw error;
      if (!(error instanceof Undeliverable)) report("not even that could be told", error, turn);
    }
  };

  return {
    get last() {
      return last;
    },
    add,
    deliver,
    withdraw: (turn, reply) => {
      add(() =>
        reply.withdraw().catch((error: unknown) => {
          report("what was shown of a withdrawn turn still stands", error, turn);
        }),
      );
    },
    askToContinue: (turn, reply) => {
      add(async () => {
        try {
          await reply.askToContinue(turn.openTool ?? "");
        } catch (error) {
          if (isClosing() && !(error instanceof Undeliverable)) return;
          const errorId = report("the question could not be put", error, turn);
          // Nobody will ever press its buttons: the turn ends here instead of waiting for ever.
          await written(() => ledger.end(turn.id, { ...EMPTY_END, outcome: "cancelled" }));
          await written(() => ledger.move(turn.id, "give_up", { errorId }));
          onOver();
        }
      });
    },
    idle: async () => {
      // One that is delivered may bring a further one.
      for (let awaited: unknown; awaited !== last; await awaited) awaited = last;
    },
  };
}

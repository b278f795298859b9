import type { Events } from "../../core/operations/events.ts";
import type { Turn } from "../../core/turns/turn.ts";

export interface TurnLogDeps {
  readonly events: Pick<Events, "listen">;
  /** Whether what people and Claude write may stand in the log. */
  readonly withText: () => boolean;
  readonly now: () => number;
  readonly log: {
    debug(message: string, fields?: object): void;
    info(message: string, fields?: object): void;
  };
}

/** Logs each turn's way: that it was accepted, runs, is held, and with what it ended. Returns what ends the logging. */
export function logTurns({ events, withText, now, log }: TurnLogDeps): () => void {
  const text = (name: string, written: string) => (withText() ? { [name]: written } : {});
  return events.listen((event) => {
    if (event.type !== "turn_changed") return;
    const { turn } = event;
    const { state, end } = turn;
    const about = aboutTurn(turn);
    switch (state) {
      case "accepted":
        log.info(turn.editedAtMs === undefined ? "accepted a turn" : "accepted an edited turn", {
          ...about,
          message_id: turn.messageId,
          user_id: turn.authorId,
          prompt_chars: turn.prompt.length,
          ...text("prompt", turn.prompt),
        });
        break;
      case "queued":
        if (turn.heldUntilMs === undefined) log.debug("a turn waits", about);
        else
          log.info("a limit holds a turn", {
            ...about,
            limit: turn.heldBy,
            until: new Date(turn.heldUntilMs).toISOString(),
          });
        break;
      case "running":
        log.debug("a turn runs", { ...about, attempts: turn.attempts, waited_ms: now() - turn.acceptedAtMs });
        break;
      case "delivering":
        // Its text may be dropped from the ledger with the next move.
        log.debug("a turn's end is known", {
          ...about,
          outcome: end?.outcome,
          answer_chars: end?.answer.length,
          ...text("answer", end?.answer ?? ""),
        });
        break;
      default:
        log.info("a turn has ended", {
          ...about,
          outcome: state,
          failure: end?.failureCode,
          error_id: end?.errorId,
          duration_ms: now() - turn.acceptedAtMs,
          claude_ms: end?.stats?.durationMs,
          cost_usd: end?.stats && roundedUsd(end.stats.costUsd),
          input_tokens: end?.stats?.inputTokens,
          output_tokens: end?.stats?.outputTokens,
          ...text("answer", end?.answer ?? ""),
        });
    }
  });
}

/** The fields by which everything that concerns a turn is found. */
export function aboutTurn(turn: Turn): object {
  return {
    turn_id: turn.id,
    conversation: turn.conversationId,
    project: turn.projectName,
    session_id: turn.sessionId,
  };
}

/** Costs are differences of running totals: behind a millionth of a dollar there is only noise. */
function roundedUsd(usd: number): number {
  return Number(usd.toFixed(6));
}

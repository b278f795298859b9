import { randomBytes } from "node:crypto";
import { ERROR_ID_BYTES, errorId } from "../core/error-id.ts";
import type { Events } from "../core/events.ts";
import type { Turn } from "../core/turn.ts";

export interface Report {
  /** Records a failure in the log and returns the id under which it is found there. */
  failure(what: string, detail: unknown, about: object): string;
  /** The same for a failure of a turn. */
  ofTurn(what: string, detail: unknown, turn: Turn): string;
}

export function createReport(
  log: { error(message: string, fields?: object): void },
  events: Pick<Events, "emit">,
): Report {
  const record = (what: string, detail: unknown, about: object, turn: Turn | undefined) => {
    const id = errorId(randomBytes(ERROR_ID_BYTES));
    log.error(what, { error_id: id, ...about, error: detail });
    events.emit({ type: "failure", errorId: id, what, turn });
    return id;
  };
  return {
    failure: (what, detail, about) => record(what, detail, about, undefined),
    ofTurn: (what, detail, turn) => {
      const about = { turn_id: turn.id, conversation: turn.conversationId, project: turn.projectName };
      return record(what, detail, about, turn);
    },
  };
}

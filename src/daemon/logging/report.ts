import { randomBytes } from "node:crypto";
import { ERROR_ID_BYTES, errorId } from "../../core/operations/error-id.ts";
import type { Events } from "../../core/operations/events.ts";
import type { Snowflake } from "../../core/projects/project.ts";
import type { Turn } from "../../core/turns/turn.ts";
import { aboutTurn } from "./turn-log.ts";

export interface Report {
  /** Records a failure in the log and returns the id under which it is found there. */
  failure(what: string, detail: unknown, about: object): string;
  /** The same for a failure of a turn. */
  ofTurn(what: string, detail: unknown, turn: Turn): string;
}

export interface ReportDeps {
  readonly log: { error(message: string, fields?: object): void };
  readonly events: Pick<Events, "emit">;
  /** What a conversation's agent did last, one line each. */
  readonly lastWords: (conversationId: Snowflake) => readonly string[];
  /** Whether what people and Claude write may stand in the log. */
  readonly withText: () => boolean;
}

export function createReport({ log, events, lastWords, withText }: ReportDeps): Report {
  const record = (what: string, about: object, turn: Turn | undefined) => {
    const id = errorId(randomBytes(ERROR_ID_BYTES));
    log.error(what, { error_id: id, ...about });
    events.emit({ type: "failure", errorId: id, what, turn });
    return id;
  };
  return {
    failure: (what, error, about) => record(what, { ...about, error }, undefined),
    ofTurn: (what, detail, turn) => {
      const error = withText() ? detail : withoutPrompt(detail, turn.prompt);
      const about = { ...aboutTurn(turn), error, agent: lastWords(turn.conversationId) };
      return record(what, about, turn);
    },
  };
}

/** What the CLI says of its failure may quote what it was asked. */
function withoutPrompt(detail: unknown, prompt: string): unknown {
  if (typeof detail !== "object" || detail === null || !("detail" in detail)) return detail;
  return { ...detail, detail: withoutQuotes(String(detail.detail), prompt) };
}

/** Shorter pieces that the two share are ordinary words. */
const QUOTE_CHARS = 10;

function withoutQuotes(text: string, quoted: string): string {
  let rest = "";
  for (let at = 0; at < text.length; ) {
    let end = at + QUOTE_CHARS;
    if (end > text.length || !quoted.includes(text.slice(at, end))) {
      rest += text[at];
      at += 1;
      continue;
    }
    while (end < text.length && quoted.includes(text.slice(at, end + 1))) end += 1;
    rest += "[prompt]";
    at = end;
  }
  return rest;
}

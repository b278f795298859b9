import { findPaths } from "../../config/paths.ts";
import type { SessionRecord, TurnRecord } from "../../core/history/history.ts";
import { turnEndText } from "../../core/history/session-markdown.ts";
import { createHistory } from "../../sqlite/history.ts";
import { dollars, lengthOfTime } from "../amounts.ts";
import { printFacts } from "../facts.ts";
import { localTime } from "../local-time.ts";
import { printJson } from "../print-json.ts";
import { type Column, printTable } from "../table.ts";
import type { Terminal } from "../terminal.ts";
import { withDatabase } from "../with-database.ts";
import { findSession, noSession } from "./find-session.ts";
import { sessionJson, turnJson } from "./session-json.ts";

export interface ShowOptions {
  readonly json?: boolean;
}

/** Prints one session with its turns, oldest first. */
export async function showSession(word: string, options: ShowOptions, terminal: Terminal): Promise<void> {
  const paths = findPaths({ env: terminal.env });
  const found = await withDatabase(paths, (db) => {
    const history = createHistory(db);
    const session = findSession(history, word);
    return { session, turns: history.turnsOf(session) };
  });
  if (found === undefined) throw noSession(word);
  const { session, turns } = found;
  if (options.json) printJson(terminal, { ...sessionJson(session), turns: turns.map(turnJson) });
  else printSession(terminal, session, turns);
}

function printSession(terminal: Terminal, session: SessionRecord, turns: readonly TurnRecord[]): void {
  const { ended } = session;
  printFacts(terminal, {
    Session: session.sessionId,
    Name: session.title,
    Project: session.projectName,
    Channel: session.conversationId,
    Messages: String(session.messageCount),
    Cost: dollars(session.costUsd),
    "Open turns": String(session.openTurns),
    Begun: localTime(session.createdAtMs),
    "Last active": localTime(session.lastActiveMs),
    Ended: ended && `${localTime(ended.atMs)} ${ended.reason}`,
  });
  if (turns.length === 0) return;
  terminal.stdout.write("\n");
  printTable(terminal, COLUMNS, turns);
}

const COLUMNS: readonly Column<TurnRecord>[] = [
  { title: "WHEN", value: ({ acceptedAtMs }) => localTime(acceptedAtMs), whole: true },
  // What Claude said by itself, such as the end of a background task, was asked by nobody.
  { title: "WHO", value: ({ authorName }) => authorName ?? "-" },
  { title: "ASKED", value: ({ prompt }) => prompt },
  { title: "COST", value: ({ costUsd }) => (costUsd === undefined ? "-" : dollars(costUsd)), align: "right" },
  {
    title: "TOOK",
    value: ({ durationMs }) => (durationMs === undefined ? "-" : lengthOfTime(durationMs)),
    align: "right",
  },
  { title: "END", value: turnEndText },
];

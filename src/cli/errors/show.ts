import { findPaths } from "../../config/paths.ts";
import { createHistory, type TurnRecord } from "../../sqlite/history.ts";
import { ExitError } from "../exit.ts";
import { printFacts } from "../facts.ts";
import { localTimeToSeconds } from "../local-time.ts";
import { logLines } from "../logs/log-files.ts";
import { type LogRecord, readLogRecord } from "../logs/log-record.ts";
import { logText } from "../logs/log-text.ts";
import { printJson } from "../print-json.ts";
import { turnJson } from "../sessions/session-json.ts";
import type { Terminal } from "../terminal.ts";
import { withDatabase } from "../with-database.ts";

/** Prints the turn that an error id was given to, and what the log says under it. */
export async function showError(id: string, options: { json?: boolean }, terminal: Terminal): Promise<void> {
  const paths = findPaths({ env: terminal.env });
  const turn = await withDatabase(paths, (db) => createHistory(db).failure(id));
  const records: LogRecord[] = [];
  for await (const line of logLines(paths.log)) {
    // Most lines need no look inside.
    const record = line.includes(id) ? readLogRecord(line) : undefined;
    if (record?.fields.error_id === id) records.push(record);
  }
  if (turn === undefined && records.length === 0) {
    throw new ExitError(
      1,
      `Nothing is known about the error ${id}. To see those there are: claude-coord errors ls`,
    );
  }
  if (options.json) {
    const log = records.map(({ line }): unknown => JSON.parse(line));
    printJson(terminal, { error_id: id, turn: turn === undefined ? null : turnJson(turn), log });
    return;
  }
  if (turn !== undefined) printTurn(terminal, turn);
  if (records.length === 0) terminal.explain("The log has no lines about it any more.");
  for (const record of records) terminal.stdout.write(`${logText(record, terminal, { whole: true })}\n`);
}

function printTurn(terminal: Terminal, turn: TurnRecord): void {
  printFacts(terminal, {
    Error: turn.errorId,
    Failure: turn.failureCode ?? "none recorded",
    When: localTimeToSeconds(turn.acceptedAtMs),
    Project: turn.projectName,
    Channel: turn.conversationId,
    Session: turn.sessionId,
    Turn: turn.id,
    Attempts: String(turn.attempts),
    Who: turn.authorName,
    Asked: turn.prompt,
  });
  terminal.stdout.write("\n");
}

import { findPaths, type Paths } from "../../config/paths.ts";
import type { TurnRecord } from "../../core/history/history.ts";
import { createHistory } from "../../sqlite/history.ts";
import { isoTime, localTime } from "../local-time.ts";
import { logLines } from "../logs/log-files.ts";
import { type LogRecord, readLogRecord } from "../logs/log-record.ts";
import { sinceMs } from "../logs/since.ts";
import { printJson } from "../print-json.ts";
import { turnJson } from "../sessions/session-json.ts";
import { type Column, printTable } from "../table.ts";
import type { Terminal } from "../terminal.ts";
import { withDatabase } from "../with-database.ts";

export interface ListErrorsOptions {
  readonly since?: string;
  readonly json?: boolean;
}

/** Prints the latest failures, newest first: of turns, and what else the log has under an error id. */
export async function listErrors(options: ListErrorsOptions, terminal: Terminal): Promise<void> {
  const paths = findPaths({ env: terminal.env });
  const since = sinceMs(options.since, Date.now());
  const failures = await findFailures(paths, since);
  if (options.json) printJson(terminal, failures.map(failureJson));
  else if (failures.length === 0) terminal.explain("No failures.");
  else printTable(terminal, COLUMNS, failures);
}

const LATEST = 20;

/** A failure of a turn, or, as a line of the log, of anything else. */
type Failure = { readonly id: string; readonly atMs: number } & (
  | { readonly turn: TurnRecord }
  | { readonly record: LogRecord }
);

async function findFailures(paths: Paths, since: number | undefined): Promise<Failure[]> {
  const reported = await reportedFailures(paths.log, since);
  const limit = since === undefined ? LATEST : Number.MAX_SAFE_INTEGER;
  const found = await withDatabase(paths, (db) => {
    const history = createHistory(db);
    // A turn tells more of itself than the log does of it.
    for (const id of reported.keys()) if (history.failure(id) !== undefined) reported.delete(id);
    return history.failures({ limit, sinceMs: since });
  });
  const ofTurns = (found ?? []).map((turn) => ({ id: turn.errorId ?? "", atMs: turn.acceptedAtMs, turn }));
  const others = [...reported].map(([id, record]) => ({ id, atMs: record.timeMs, record }));
  return [...ofTurns, ...others].sort((a, b) => b.atMs - a.atMs).slice(0, limit);
}

async function reportedFailures(log: string, since = Number.NEGATIVE_INFINITY) {
  const reported = new Map<string, LogRecord>();
  for await (const line of logLines(log)) {
    if (!line.includes('"error_id"')) continue;
    const record = readLogRecord(line);
    const { error_id: id } = record.fields;
    if (typeof id === "string" && record.level === "error" && record.timeMs >= since && !reported.has(id)) {
      reported.set(id, record);
    }
  }
  return reported;
}

function failureJson(failure: Failure): object {
  if ("turn" in failure) return turnJson(failure.turn);
  const { message, timeMs, fields } = failure.record;
  return {
    error_id: failure.id,
    what: message,
    at: isoTime(timeMs),
    project_name: fields.project ?? null,
    channel_id: fields.conversation ?? null,
  };
}

const COLUMNS: readonly Column<Failure>[] = [
  { title: "ERROR", value: ({ id }) => id, whole: true },
  { title: "WHEN", value: ({ atMs }) => localTime(atMs), whole: true },
  {
    title: "PROJECT",
    value: (each) => ("turn" in each ? each.turn.projectName : String(each.record.fields.project ?? "-")),
  },
  {
    title: "FAILURE",
    value: (each) => ("turn" in each ? (each.turn.failureCode ?? "-") : each.record.message),
  },
  { title: "WHO", value: (each) => ("turn" in each ? (each.turn.authorName ?? "-") : "-") },
  { title: "ASKED", value: (each) => ("turn" in each ? each.turn.prompt : "-") },
];

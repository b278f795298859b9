import { findPaths } from "../../config/paths.ts";
import { createHistory, type TurnRecord } from "../../sqlite/history.ts";
import { localTime } from "../local-time.ts";
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

/** Prints the latest failures, newest first. */
export async function listErrors(options: ListErrorsOptions, terminal: Terminal): Promise<void> {
  const paths = findPaths({ env: terminal.env });
  const since = sinceMs(options.since, Date.now());
  const limit = since === undefined ? LATEST : Number.MAX_SAFE_INTEGER;
  const found = await withDatabase(paths, (db) => createHistory(db).failures({ limit, sinceMs: since }));
  const failures = found ?? [];
  if (options.json) printJson(terminal, failures.map(turnJson));
  else if (failures.length === 0) terminal.explain("No failures.");
  else printTable(terminal, COLUMNS, failures);
}

const LATEST = 20;

const COLUMNS: readonly Column<TurnRecord>[] = [
  { title: "ERROR", value: ({ errorId }) => errorId ?? "-", whole: true },
  { title: "WHEN", value: ({ acceptedAtMs }) => localTime(acceptedAtMs), whole: true },
  { title: "PROJECT", value: ({ projectName }) => projectName },
  { title: "FAILURE", value: ({ failureCode }) => failureCode ?? "-" },
  { title: "WHO", value: ({ authorName }) => authorName ?? "-" },
  { title: "ASKED", value: ({ prompt }) => prompt },
];

import type { Paths } from "../../config/paths.ts";
import type { TurnRecord } from "../../core/history/history.ts";
import { createHistory } from "../../sqlite/history.ts";
import { logLines } from "../logs/log-files.ts";
import { type LogRecord, readLogRecord } from "../logs/log-record.ts";
import { withDatabase } from "../with-database.ts";

/** All that is known under an error id. */
export interface KnownError {
  readonly id: string;
  readonly turn: TurnRecord | undefined;
  /** The line with which the failure was reported, while the log still has it. */
  readonly report: LogRecord | undefined;
  /** Every line of the log about the error or its turn, oldest first. */
  readonly log: readonly LogRecord[];
}

/** Looks an error id up in the database and in the log; undefined when neither knows it. */
export async function findError(paths: Paths, id: string): Promise<KnownError | undefined> {
  const turn = await withDatabase(paths, (db) => createHistory(db).failure(id));
  const log: LogRecord[] = [];
  for await (const line of logLines(paths.log)) {
    // Most lines need no look inside.
    if (!line.includes(id) && (turn === undefined || !line.includes(turn.id))) continue;
    const record = readLogRecord(line);
    const { error_id, turn_id } = record.fields;
    if (error_id === id || (turn !== undefined && turn_id === turn.id)) log.push(record);
  }
  if (turn === undefined && log.length === 0) return undefined;
  const report = log.find(({ fields, level }) => fields.error_id === id && level === "error");
  return { id, turn, report, log };
}

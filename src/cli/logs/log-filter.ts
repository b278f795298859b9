import type { LogRecord, LogRecordLevel } from "./log-record.ts";

export interface LogFilter {
  readonly level?: LogRecordLevel | undefined;
  readonly sinceMs?: number | undefined;
  readonly errorId?: string | undefined;
}

/** Whether a line is wanted. A line without a time has none that is new enough. */
export function passes(record: LogRecord, { level, sinceMs, errorId }: LogFilter): boolean {
  return (
    (level === undefined || IMPORTANCE.indexOf(record.level) <= IMPORTANCE.indexOf(level)) &&
    (sinceMs === undefined || record.timeMs >= sinceMs) &&
    (errorId === undefined || record.fields.error_id === errorId)
  );
}

const IMPORTANCE: readonly LogRecordLevel[] = ["error", "warn", "info", "debug"];

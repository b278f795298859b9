import { findPaths } from "../../config/paths.ts";
import type { Terminal } from "../terminal.ts";
import { followFile } from "./follow.ts";
import { logFiles, logLines } from "./log-files.ts";
import { type LogFilter, passes } from "./log-filter.ts";
import { type LogRecord, type LogRecordLevel, readLogRecord } from "./log-record.ts";
import { logText } from "./log-text.ts";
import { sinceMs } from "./since.ts";

export interface LogsOptions {
  readonly follow?: boolean;
  readonly lines?: number;
  readonly error?: string;
  readonly level?: LogRecordLevel;
  readonly since?: string;
  readonly json?: boolean;
}

/** Prints the wanted lines of the log and its rotated files, oldest first; with `follow`, new ones until Ctrl-C. */
export async function showLogs(options: LogsOptions, terminal: Terminal): Promise<void> {
  const { log } = findPaths({ env: terminal.env });
  const filter: LogFilter = {
    level: options.level,
    sinceMs: sinceMs(options.since, Date.now()),
    errorId: options.error,
  };
  const print = (record: LogRecord) => {
    const text = options.json
      ? record.line
      : logText(record, terminal.stdout, { whole: options.error !== undefined });
    terminal.stdout.write(`${text}\n`);
  };
  const asked = options.since !== undefined || options.error !== undefined;
  const count = options.lines ?? (asked ? Number.POSITIVE_INFINITY : DEFAULT_LINES);
  // Begins before the past is read, and the past ends there: no line is lost between the two, and none comes twice.
  const fresh: string[] = [];
  let take = (line: string) => void fresh.push(line);
  const following = options.follow ? followFile(log, (line) => take(line)) : undefined;

  for (const record of await lastRecords(log, filter, count, following?.beginsAt)) print(record);
  if (following === undefined) {
    if (logFiles(log).length === 0)
      terminal.explain(`There is no ${log} yet: the bot has not run for this user.`);
    return;
  }
  take = (line) => {
    const record = readLogRecord(line);
    if (passes(record, filter)) print(record);
  };
  for (const line of fresh) take(line);
  await untilStopped(terminal);
  following.stop();
}

const DEFAULT_LINES = 50;

async function lastRecords(
  file: string,
  filter: LogFilter,
  count: number,
  bytes: number | undefined,
): Promise<LogRecord[]> {
  let last: LogRecord[] = [];
  for await (const line of logLines(file, bytes)) {
    const record = readLogRecord(line);
    if (!passes(record, filter)) continue;
    last.push(record);
    // Cut now and then, not each time: the files may have a million lines.
    if (last.length > 2 * count) last = last.slice(-count);
  }
  return count === 0 ? [] : last.slice(-count);
}

function untilStopped(terminal: Terminal): Promise<void> {
  return new Promise((resolve) => {
    const release = terminal.onStopSignal(() => {
      release();
      resolve();
    });
  });
}

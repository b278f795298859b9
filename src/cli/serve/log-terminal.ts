import type { LogTerminal } from "../../daemon/logging/logger.ts";
import { isJournal } from "../../systemd/journal.ts";
import { type LogRecordLevel, readLogRecord } from "../logs/log-record.ts";
import { logText } from "../logs/log-text.ts";
import type { Terminal } from "../terminal.ts";

/**
 * The log as `serve` shows it on stderr. The journal notes the time of each line by itself, and takes its priority
 * from a number in front (sd-daemon(3)), so that `journalctl -p warning` finds it.
 */
export function logTerminal({ stderr, env }: Pick<Terminal, "stderr" | "env">): LogTerminal {
  if (!isJournal(STDERR, env)) {
    return { stream: stderr, format: (line) => logText(readLogRecord(line), stderr, { whole: false }) };
  }
  return {
    stream: stderr,
    format: (line) => {
      const record = readLogRecord(line);
      return `<${PRIORITIES[record.level]}>${logText(record, stderr, { whole: false, time: false })}`;
    },
  };
}

const STDERR = 2;

const PRIORITIES: Readonly<Record<LogRecordLevel, number>> = { error: 3, warn: 4, info: 6, debug: 7 };

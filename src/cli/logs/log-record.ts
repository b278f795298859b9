/** One line of the log. */
export interface LogRecord {
  /** The line as it stands in the file. */
  readonly line: string;
  /** Ms since the epoch; NaN when the line tells none. */
  readonly timeMs: number;
  readonly level: LogRecordLevel;
  readonly message: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

export type LogRecordLevel = "error" | "warn" | "info" | "debug";

/** Reads a line; one that is no JSON object, such as what a crash leaves, becomes a message of its own. */
export function readLogRecord(line: string): LogRecord {
  const { timestamp, level, message, ...fields } = parse(line);
  return {
    line,
    timeMs: typeof timestamp === "string" ? Date.parse(timestamp) : Number.NaN,
    level: LEVELS[String(level).toLowerCase()] ?? "info",
    message: typeof message === "string" ? message : line,
    fields,
  };
}

/** With the names that the Python bot wrote. */
const LEVELS: Readonly<Record<string, LogRecordLevel>> = {
  critical: "error",
  error: "error",
  warning: "warn",
  warn: "warn",
  info: "info",
  debug: "debug",
};

function parse(line: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === "object" && value !== null ? { ...value } : {};
  } catch {
    return {};
  }
}

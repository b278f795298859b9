import { styleText } from "node:util";
import { localTimeToSeconds } from "../local-time.ts";
import type { LogRecord, LogRecordLevel } from "./log-record.ts";

/** A line of the log for people. `whole`: with the stack of an error, below it. `time`: with the time in front. */
export function logText(
  { line, timeMs, level, message, fields }: LogRecord,
  stream: NodeJS.WritableStream,
  { whole, time = true }: { whole: boolean; time?: boolean },
): string {
  if (message === line) return line;
  const when = time ? `${styleText("dim", localTimeToSeconds(timeMs), { stream })} ` : "";
  const head = styleText(COLORS[level], level.toUpperCase().padEnd(5), { stream });
  const pairs = Object.entries(fields).map(([name, value]) => `${name}=${shortValue(value)}`);
  const text = `${when}${head} ${[message, ...pairs].join(" ")}`;
  return whole ? [text, ...Object.values(fields).flatMap(stackLines)].join("\n") : text;
}

const COLORS: Readonly<Record<LogRecordLevel, Parameters<typeof styleText>[0]>> = {
  error: "red",
  warn: "yellow",
  info: "green",
  debug: "dim",
};

function shortValue(value: unknown): string {
  if (isError(value)) return JSON.stringify(value.message);
  return typeof value === "string" && /^[^\s"=]+$/.test(value) ? value : JSON.stringify(value);
}

function stackLines(value: unknown): string[] {
  if (!isError(value)) return [];
  const own = typeof value.stack === "string" ? value.stack : value.message;
  const causes = isError(value.cause)
    ? ["caused by:", ...stackLines(value.cause).map((line) => line.slice(4))]
    : [];
  return [...own.split("\n"), ...causes].map((line) => `    ${line}`);
}

/** As the logger writes errors. */
function isError(value: unknown): value is { message: string; stack?: unknown; cause?: unknown } {
  return (
    typeof value === "object" && value !== null && "message" in value && typeof value.message === "string"
  );
}

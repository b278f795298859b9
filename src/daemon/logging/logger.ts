import { mkdirSync } from "node:fs";
import { dirname } from "node:path";
import { Writable } from "node:stream";
import winston from "winston";
import { maskedValue } from "../../core/secrets/masked-value.ts";
import { createRedactor, type Redactor } from "../../core/secrets/redactor.ts";
import { createRotatingFile } from "./rotating-file.ts";

/** One line a call: a message that stays the same each time, and what differs in fields (docs/operations.md, Logs). */
export interface Logger {
  debug(message: string, fields?: object): void;
  info(message: string, fields?: object): void;
  warn(message: string, fields?: object): void;
  error(message: string, fields?: object): void;
}

/** The log itself, for whoever opened it. */
export interface OpenLog extends Logger {
  /** From now on nothing less important is logged. */
  setLevel(level: LogLevel): void;
  close(): Promise<void>;
}

export interface LoggerOptions {
  readonly file: string;
  readonly level: LogLevel;
  /** Where each line goes too, made readable; undefined for the file alone. */
  readonly terminal: LogTerminal | undefined;
  /** Never appear in a line, whatever brings them there; asked each time. */
  readonly secrets: () => readonly string[];
}

export interface LogTerminal {
  readonly stream: NodeJS.WritableStream;
  /** Makes the line of the file, which is JSON, one for people. */
  readonly format: (line: string) => string;
}

type LogLevel = "error" | "warn" | "info" | "debug";

/** As before: five files of 10 MB. */
const MAX_BYTES = 10 * 1024 * 1024;
const MAX_FILES = 5;

/** As Python's logging calls them. */
const LEVELS: Readonly<Record<string, string>> = {
  error: "ERROR",
  warn: "WARNING",
  info: "INFO",
  debug: "DEBUG",
};

/**
 * Logs to `file`, one JSON object a line. The names `timestamp`, `level` with its values, and `message` are the Python
 * bot's, so that people's `tail | jq` lines go on working.
 */
export function createLogger({ file, level, terminal, secrets }: LoggerOptions): OpenLog {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  const redactor = createRedactor({ secrets, hidesLooks: () => true });
  const format = winston.format.printf((line) => jsonLine(line, redactor));
  const stream = intoFile(createRotatingFile({ file, maxBytes: MAX_BYTES, maxFiles: MAX_FILES }));
  const logger = winston.createLogger({
    level,
    format,
    transports: [new winston.transports.Stream({ stream, eol: "" })],
  });
  if (terminal !== undefined) {
    const readable = winston.format.printf((line) => terminal.format(String(line[MESSAGE])));
    logger.add(new winston.transports.Stream({ stream: terminal.stream, format: readable }));
  }
  // What was given up at the stop may still have a word to say, after the log is closed.
  let isOpen = true;
  const at = (name: LogLevel) => (message: string, fields?: object) => {
    if (isOpen) logger[name](message, { fields });
  };
  return {
    debug: at("debug"),
    info: at("info"),
    warn: at("warn"),
    error: at("error"),
    setLevel: (wanted) => {
      logger.level = wanted;
    },
    close: async () => {
      isOpen = false;
      const written = new Promise((resolve) => logger.once("finish", resolve));
      logger.end();
      await written;
    },
  };
}

/** Where winston keeps what a format made of a line. */
const MESSAGE = Symbol.for("message");

/** A log that can't be written ends nothing: how many lines are missing is said as soon as one can be. */
function intoFile(append: (line: string) => boolean): Writable {
  let lost = 0;
  return new Writable({
    decodeStrings: false,
    write: (line: string, _encoding, done) => {
      if (lost > 0 && append(recordLine("WARNING", LINES_ARE_MISSING, { lost }))) lost = 0;
      if (!append(line)) lost += 1;
      done();
    },
  });
}

const LINES_ARE_MISSING = "lines of this log could not be written";

function jsonLine(line: winston.Logform.TransformableInfo, redactor: Redactor): string {
  const level = LEVELS[line.level] ?? line.level;
  const mask = (text: string) => redactor.mask(text).text;
  const text = recordLine(level, mask(String(line.message)), maskedValue(plain(line.fields), mask));
  // In two fields that stand beside each other, for one.
  return redactor.holdsOwn(text)
    ? recordLine(level, "a line is left out: there was a secret in it", {})
    : text;
}

function recordLine(level: string, message: string, fields: object): string {
  return JSON.stringify({ timestamp: new Date().toISOString(), level, message, ...fields });
}

/** Errors have no enumerable fields, so JSON would show them as `{}`: their chain of causes is written out. */
function plain(fields: unknown): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries((fields ?? {}) as object).map(([name, value]) => [
      name,
      value instanceof Error ? errorFields(value) : value,
    ]),
  );
}

function errorFields(error: Error): object {
  const { cause } = error;
  return {
    name: error.name,
    message: error.message,
    stack: error.stack,
    ...("code" in error ? { code: error.code } : {}),
    ...(cause === undefined ? {} : { cause: cause instanceof Error ? errorFields(cause) : String(cause) }),
  };
}

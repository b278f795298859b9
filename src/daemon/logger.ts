import { mkdirSync } from "node:fs";
import { dirname } from "node:path";
import winston from "winston";

/** One line a call: a message that stays the same each time, and what differs in fields. */
export interface Logger {
  debug(message: string, fields?: object): void;
  info(message: string, fields?: object): void;
  warn(message: string, fields?: object): void;
  error(message: string, fields?: object): void;
  close(): Promise<void>;
}

export interface LoggerOptions {
  readonly file: string;
  readonly level: "error" | "warn" | "info" | "debug";
  /** Where the lines go too, readable; undefined for the file alone. */
  readonly terminal: NodeJS.WritableStream | undefined;
  /** Values that never appear in a line, whatever brings them there. */
  readonly secrets: readonly string[];
}

/** As before: five files of 10 MB. */
const MAX_BYTES = 10 * 1024 * 1024;
const MAX_FILES = 5;

/**
 * Logs to `file`, one JSON object a line. The names `timestamp`, `level` (upper case) and `message` are the Python
 * bot's, so that people's `tail | jq` lines go on working.
 */
export function createLogger(options: LoggerOptions): Logger {
  mkdirSync(dirname(options.file), { recursive: true, mode: 0o700 });
  const toFile = new winston.transports.File({
    filename: options.file,
    maxsize: MAX_BYTES,
    maxFiles: MAX_FILES,
    tailable: true,
    options: { flags: "a", mode: 0o600 },
    format: winston.format.printf((line) => jsonLine(line, options.secrets)),
  });
  const logger = winston.createLogger({ level: options.level, transports: [toFile] });
  if (options.terminal !== undefined) {
    const format = winston.format.printf((line) => readableLine(line, options.secrets));
    logger.add(new winston.transports.Stream({ stream: options.terminal, format }));
  }
  return {
    debug: (message, fields) => void logger.debug(message, { fields }),
    info: (message, fields) => void logger.info(message, { fields }),
    warn: (message, fields) => void logger.warn(message, { fields }),
    error: (message, fields) => void logger.error(message, { fields }),
    close: async () => {
      const written = new Promise((resolve) => toFile.once("finish", resolve));
      logger.end();
      await written;
    },
  };
}

function jsonLine(line: winston.Logform.TransformableInfo, secrets: readonly string[]): string {
  const timestamp = new Date().toISOString();
  const record = {
    timestamp,
    level: line.level.toUpperCase(),
    message: line.message,
    ...plain(line.fields),
  };
  return withoutSecrets(JSON.stringify(record), secrets);
}

function readableLine(line: winston.Logform.TransformableInfo, secrets: readonly string[]): string {
  const fields = Object.entries(plain(line.fields)).map(
    ([name, value]) => `${name}=${JSON.stringify(value)}`,
  );
  const text = [line.level.toUpperCase().padEnd(5), line.message, ...fields].join(" ");
  return withoutSecrets(text, secrets);
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

function withoutSecrets(text: string, secrets: readonly string[]): string {
  return secrets.reduce((line, secret) => (secret === "" ? line : line.replaceAll(secret, "[secret]")), text);
}

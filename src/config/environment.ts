import type { ClaudeCredential, LogLevel } from "./config.ts";
import type { Findings } from "./findings.ts";
import type { Environment } from "./paths.ts";
import type { ValidConfig } from "./schema.ts";

/** The names that LOG_LEVEL may have, with Python's among them. */
const LOG_LEVELS: Readonly<Record<string, LogLevel>> = {
  error: "error",
  critical: "error",
  warn: "warn",
  warning: "warn",
  info: "info",
  debug: "debug",
};

/** LOG_LEVEL if it is set, in upper or lower case; the configured level otherwise. */
export function findLogLevel(configured: LogLevel, env: Environment, findings: Findings): LogLevel {
  const written = env.LOG_LEVEL?.trim();
  if (!written) return configured;
  const level = LOG_LEVELS[written.toLowerCase()];
  if (!level) {
    findings.environmentProblem("LOG_LEVEL", `expected one of error, warn, info, debug, found "${written}"`);
  }
  return level ?? configured;
}

/**
 * What Claude logs in with, out of our own environment. A login in `claude.env` goes before it, and a subscription's
 * token before a key that is paid by use.
 */
export function findCredential(
  claude: ValidConfig["claude"],
  env: Environment,
): ClaudeCredential | undefined {
  const names = ["CLAUDE_CODE_OAUTH_TOKEN", "ANTHROPIC_API_KEY"] as const;
  if (names.some((name) => claude.env[name])) return undefined;
  for (const name of names) {
    const value = env[name]?.trim();
    if (value) return { name, value };
  }
  return undefined;
}

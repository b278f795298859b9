/**
 * What can go wrong in a way that a person can act on. The part before the underscore says whose matter it is;
 * docs/troubleshooting.md has an entry for each.
 */
export type ErrorCode =
  // What is configured must change before another start can succeed.
  | "config_missing"
  | "config_invalid"
  | "token_missing"
  | "token_refused"
  | "intent_missing"
  | "claude_missing"
  | "claude_too_old"
  | "claude_config_damaged"
  | "home_unwritable"
  | "database_newer"
  | "database_damaged"
  | "database_unavailable"
  // A person can put it right, or it passes by itself.
  | "already_running"
  | "discord_unreachable"
  | "discord_refused"
  | "project_unknown"
  | "project_not_added"
  | "worktree_failed"
  | "port_in_use"
  | "listen_failed"
  | "service_failed"
  | "upgrade_failed"
  | "usage";

/** A failure that a person can act on. Any other thrown value is a bug in claude-coord. */
export class CoordError extends Error {
  readonly code: ErrorCode;

  constructor(code: ErrorCode, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.name = "CoordError";
    this.code = code;
  }
}

const NEEDS_NEW_CONFIG: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  "config_missing",
  "config_invalid",
  "token_missing",
  "token_refused",
  "intent_missing",
  "claude_missing",
  "claude_too_old",
  "claude_config_damaged",
  "home_unwritable",
  "database_newer",
]);

/**
 * The process's exit code for a thrown value: 1 a problem that a person can fix, 2 usage, 70 our bug,
 * 75 try again, 78 bad configuration (the last three as in sysexits.h). 78 is also in the unit as
 * RestartPreventExitStatus, so that what only a person can change does not restart for ever.
 */
export function exitCode(error: unknown): number {
  if (!(error instanceof CoordError)) return 70;
  if (NEEDS_NEW_CONFIG.has(error.code)) return 78;
  if (error.code === "usage") return 2;
  return error.code === "discord_unreachable" ? 75 : 1;
}

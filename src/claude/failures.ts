import type { AgentFailure, AgentFailureCode } from "../core/agents/agent.ts";
import type { LineOf } from "./lines.ts";

/** What an error line of the CLI said about the request that failed. */
export interface ApiFault {
  readonly error: string;
  readonly status: number | undefined;
  readonly apiError: string | undefined;
}

/** Why a turn failed, from its result, the error line before it, and the usage window that was last refused. */
export function failureOfResult(
  result: LineOf<"result">,
  fault: ApiFault | undefined,
  refusedUntilMs: number | undefined,
): AgentFailure {
  const detail = [result.result, ...(result.errors ?? []), result.startup_failure_reason]
    .filter(Boolean)
    .join("; ")
    .slice(0, MAX_DETAIL);
  const code = codeOfResult(result, fault, detail);
  return code === "usage_limit" && refusedUntilMs !== undefined
    ? { code, detail, resetsAtMs: refusedUntilMs }
    : { code, detail };
}

/** Why a process could not be started at all. */
export function failureOfSpawn(error: unknown): AgentFailure {
  const isMissing =
    error instanceof Error && "code" in error && /^(ENOENT|EACCES|ENOEXEC)$/.test(String(error.code));
  return { code: isMissing ? "claude_missing" : "claude_crashed", detail: String(error) };
}

/** Why a process ended that was not asked to. */
export function failureOfExit(exit: {
  code: number | null;
  signal: NodeJS.Signals | null;
  stderr: string;
}): AgentFailure {
  const how = exit.signal === null ? `exit code ${exit.code}` : `signal ${exit.signal}`;
  const detail = exit.stderr === "" ? how : `${how}; stderr: ${exit.stderr}`;
  // As a shell says it: found, but not to be executed.
  if (exit.code === 126 || exit.code === 127) return { code: "claude_missing", detail };
  return { code: codeOfText(exit.stderr) ?? "claude_crashed", detail };
}

/** A refusal may quote a whole request. */
const MAX_DETAIL = 2000;

function codeOfResult(result: LineOf<"result">, fault: ApiFault | undefined, text: string): AgentFailureCode {
  if (result.startup_failure_reason === "bypass_root") return "bypass_as_root";
  if (result.startup_failure_reason === "config_file_invalid") return "claude_config_damaged";
  if (result.subtype === "error_max_turns") return "max_turns";
  if (result.subtype === "error_max_budget_usd") return "budget_reached";
  if (result.terminal_reason === "prompt_too_long") return "context_full";
  const status = fault?.status ?? result.api_error_status ?? undefined;
  // Too many bytes, in text or attachments: less must be sent, as with a full window.
  if (status === 413) return "context_full";
  return codeOfFault(fault, status, text) ?? codeOfText(text) ?? "api_error";
}

function codeOfFault(
  fault: ApiFault | undefined,
  status: number | undefined,
  text: string,
): AgentFailureCode | undefined {
  switch (fault?.error) {
    case "authentication_failed":
      return status === undefined && /not logged in/i.test(text) ? "not_logged_in" : "login_expired";
    case "oauth_org_not_allowed":
      return "login_expired";
    case "billing_error":
      return "billing";
    case "model_not_found":
      return "model_unknown";
    case "max_output_tokens":
      return "output_too_long";
    case "rate_limit":
      return fault.apiError === "usage_limit_reached" || /hit your .*limit/i.test(text)
        ? "usage_limit"
        : "rate_limited";
    case "server_error":
      if (status === 529) return "overloaded";
      return status === undefined ? "network" : "api_error";
    case "invalid_request":
      return /safeguards|refus/i.test(text) ? "refused" : undefined;
    default:
      return undefined;
  }
}

/** Sentences of the CLI that come without a field that would say the same; the contract tests watch them. */
const SENTENCES: readonly (readonly [RegExp, AgentFailureCode])[] = [
  [/No conversation found/i, "session_unknown"],
  [/Session ID .* is already in use/i, "session_exists"],
  [/cannot be used with root/i, "bypass_as_root"],
  [/not logged in/i, "not_logged_in"],
  [/prompt is too long/i, "context_full"],
  [/ECONNREFUSED|ECONNRESET|ENOTFOUND|EAI_AGAIN|connection (refused|reset|error)/i, "network"],
];

function codeOfText(text: string): AgentFailureCode | undefined {
  return SENTENCES.find(([pattern]) => pattern.test(text))?.[1];
}

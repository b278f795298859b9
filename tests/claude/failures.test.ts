import { expect, test } from "vitest";
import { type ApiFault, failureOfExit, failureOfResult } from "../../src/claude/failures.ts";
import type { LineOf } from "../../src/claude/lines.ts";

const fault = (error: string, status?: number, apiError?: string): ApiFault => ({ error, status, apiError });
const failed = (text: string, more: Partial<LineOf<"result">> = {}): LineOf<"result"> => ({
  subtype: "success",
  is_error: true,
  result: text,
  ...more,
});

test.for([
  ["not_logged_in", fault("authentication_failed"), failed("Not logged in · Please run /login")],
  ["login_expired", fault("authentication_failed", 401), failed("Invalid API key · Fix external API key")],
  ["login_expired", fault("authentication_failed", 401), failed("Failed to authenticate. API Error: 401 x")],
  ["login_expired", fault("authentication_failed", 403), failed("Failed to authenticate. API Error: 403 x")],
  ["login_expired", fault("oauth_org_not_allowed", 403), failed("Your organization has disabled …")],
  ["billing", fault("billing_error", 400), failed("Credit balance is too low")],
  ["model_unknown", fault("model_not_found", 404), failed("There's an issue with the selected model (x)")],
  ["context_full", fault("invalid_request", 400), failed("x", { terminal_reason: "prompt_too_long" })],
  ["context_full", fault("invalid_request", 400), failed("Prompt is too long · x")],
  ["context_full", fault("invalid_request", 413), failed("Request too large (max 32MB)")],
  ["usage_limit", fault("rate_limit", 429, "usage_limit_reached"), failed("x")],
  ["usage_limit", fault("rate_limit", 429), failed("You've hit your weekly limit · resets 2:23pm (UTC)")],
  ["rate_limited", fault("rate_limit", 429), failed("API Error: Request rejected (429) · x")],
  ["api_error", fault("server_error", 500), failed("API Error: 500 x")],
  ["overloaded", fault("server_error", 529), failed("API Error: Repeated 529 Overloaded errors")],
  ["network", fault("server_error"), failed("API Error: Connection refused (ECONNREFUSED)")],
  ["refused", fault("invalid_request"), failed("API Error: safeguards flagged this message")],
  ["output_too_long", fault("max_output_tokens"), failed("exceeded the 128000 output token maximum")],
  ["max_turns", undefined, failed("", { subtype: "error_max_turns" })],
  ["budget_reached", undefined, failed("", { subtype: "error_max_budget_usd" })],
  ["bypass_as_root", undefined, failed("", { startup_failure_reason: "bypass_root" })],
  ["claude_config_damaged", undefined, failed("", { startup_failure_reason: "config_file_invalid" })],
  [
    "session_unknown",
    undefined,
    failed("", { subtype: "error_during_execution", errors: ["No conversation found with session ID: x"] }),
  ],
  ["api_error", fault("invented_tomorrow", 418), failed("I'm a teapot")],
] as const)("%s: %j %j", ([code, apiFault, result]) => {
  expect(failureOfResult(result, apiFault, undefined).code).toBe(code);
});

test("a usage limit tells when it lifts, other failures don't", () => {
  const limit = failureOfResult(
    failed("x"),
    fault("rate_limit", 429, "usage_limit_reached"),
    1_795_357_391_000,
  );
  expect(limit).toEqual({ code: "usage_limit", detail: "x", resetsAtMs: 1_795_357_391_000 });
  expect(failureOfResult(failed("x"), fault("server_error", 500), 1_795_357_391_000)).toEqual({
    code: "api_error",
    detail: "x",
  });
});

test.for([
  ["session_exists", "Error: Session ID 1 is already in use."],
  ["session_unknown", "No conversation found with session ID: 1"],
  ["bypass_as_root", "--dangerously-skip-permissions cannot be used with root/sudo privileges"],
  ["claude_crashed", "Segmentation fault"],
] as const)("an exit is %s when stderr says %j", ([code, stderr]) => {
  expect(failureOfExit({ code: 1, signal: null, stderr })).toEqual({
    code,
    detail: `exit code 1; stderr: ${stderr}`,
  });
});

test("an exit by a signal says which", () => {
  expect(failureOfExit({ code: null, signal: "SIGKILL", stderr: "" })).toEqual({
    code: "claude_crashed",
    detail: "signal SIGKILL",
  });
});

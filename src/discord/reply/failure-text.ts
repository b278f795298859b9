import type { FailureCode } from "../../core/turns/turn.ts";
import { discordTime } from "./amounts.ts";

/** What is known of a failure where people are told about it. */
export interface ShownFailure {
  readonly code: FailureCode;
  /** What a person can quote; the log has the rest under it. */
  readonly errorId: string | undefined;
  /** When a limit lifts, in ms since the epoch. */
  readonly resetsAtMs: number | undefined;
  readonly nowMs: number;
}

/** What happened and what to do about it, in Markdown, for a person on a phone. */
export function failureText({ code, errorId, resetsAtMs, nowMs }: ShownFailure): string {
  const lifts = LIFTS.has(code) && resetsAtMs !== undefined && resetsAtMs > nowMs ? resetsAtMs : undefined;
  const text =
    lifts === undefined ? SENTENCES[code] : `${LIMIT_REACHED[code] ?? ""} ${whenLifted(lifts, nowMs)}`.trim();
  return errorId === undefined ? text : `${text}\n-# Error id: ${errorId}`;
}

const SENTENCES: Readonly<Record<FailureCode, string>> = {
  not_logged_in:
    "Claude Code is not logged in on this machine. Whoever runs the bot can log in there with `claude`, or set an API key.",
  login_expired: "Claude Code's login has expired. Whoever runs the bot has to log in again with `claude`.",
  usage_limit: "The Claude plan's usage limit is reached. Ask again when it has been reset.",
  rate_limited: "Anthropic is turning requests away because there are too many. Ask again in a minute.",
  overloaded: "Claude is overloaded at the moment. Ask again in a few minutes.",
  billing:
    "Anthropic refused the request because of billing: the account has no credit left, or its payment failed. Whoever runs the bot can see to it, then ask again.",
  model_unknown:
    "This model does not exist, or the account may not use it. Choose another one with `/model`.",
  context_full:
    "The conversation no longer fits Claude's context. `/compact` shortens it, `/reset` starts afresh.",
  budget_reached:
    "This has cost as much as one message may here, so Claude was stopped; what it did so far stays. Say `go on` to let it continue. Whoever runs the bot sets the amount (`budget.per_turn_usd`).",
  max_turns: "Claude stopped after the most steps that it may take at once. Say `go on` to let it continue.",
  refused: "Claude declined to answer this. Put it differently, or `/reset` and start afresh.",
  output_too_long: "The answer was longer than Claude may write at once. Ask for it in smaller pieces.",
  network: "Claude's API could not be reached. Check the machine's network, then ask again.",
  api_error: "Claude's API answered with an error. Ask again; if it stays, see status.claude.com.",
  stalled: "Claude gave no sign of life for too long, so it was stopped. Ask again.",
  session_unknown: "The earlier session could not be found. Ask again: a new one begins.",
  session_exists: "A session with this id exists already. Ask again: it is taken up.",
  session_in_use:
    "Another Claude Code process is using this session. Close it there, or `/reset` to begin a new one here.",
  turn_already_taken: "Claude already has this message, but its answer was lost. Ask what became of it.",
  bypass_as_root:
    "Claude Code refuses `bypassPermissions` when it runs as root. Run the bot as another user, or choose another permission mode.",
  claude_config_damaged: "Claude Code's settings on this machine are damaged. Run `claude doctor` there.",
  project_dir_missing:
    "The project's directory does not exist on this machine. Check `project_dir` in the config.",
  claude_missing:
    "Claude Code is not installed where the bot looks for it. `claude-coord doctor` says where that is.",
  claude_too_old: "Claude Code on this machine is too old for the bot. Run `claude update` there.",
  claude_crashed: "Claude Code stopped unexpectedly. Ask again: the conversation is kept.",
  protocol:
    "Claude Code said something that the bot does not understand. Ask again; if it stays, update both.",
  internal: "Something went wrong in the bot itself. Ask again; if it stays, please report it.",
  undeliverable:
    "Claude has answered, but Discord does not take the answer as it is. Ask for it in another form.",
  project_gone:
    "This channel's project is no longer in the config, so the message was not run. Whoever runs the bot can add it again.",
  worktree_failed:
    "Claude was not asked: there is no working copy of the project for this thread. Put that right, and ask again.",
  author_refused:
    "Not run: by the time it was this message's turn, its author could no longer talk to Claude here (left, timed out, or without the role).",
  secret_withheld:
    "Claude's answer held a secret of this bot, such as its token, so it was stopped and is not shown. The bot's admins have been told.",
  daemon_crashed:
    "The bot crashed twice while Claude was at this, so it is not tried a third time. Ask again, perhaps in smaller steps.",
};

/** With a known time the sentence says it, instead of asking for patience. */
const LIMIT_REACHED: Readonly<Partial<Record<FailureCode, string>>> = {
  usage_limit: "The Claude plan's usage limit is reached.",
  rate_limited: "Anthropic is turning requests away because there are too many.",
};
const LIFTS: ReadonlySet<FailureCode> = new Set<FailureCode>(["usage_limit", "rate_limited"]);

const DAY_MS = 24 * 60 * 60_000;

function whenLifted(ms: number, nowMs: number): string {
  const far = ms - nowMs > DAY_MS;
  return far
    ? `It lifts ${discordTime(ms, "f")}.`
    : `It lifts at ${discordTime(ms, "t")}, ${discordTime(ms, "R")}.`;
}

import type { TurnEnd, TurnNote, TurnStats } from "../../core/turns/turn.ts";
import type { OutgoingMessage } from "../channel/message-payload.ts";
import { dollars, duration } from "./amounts.ts";
import { type AnswerView, spokenText } from "./answer-view.ts";
import { failureText } from "./failure-text.ts";
import { leftOutText } from "./left-out-text.ts";
import { MESSAGE_LIMIT, splitMessage } from "./split-message.ts";
import { statusLines, type ToolVerbosity } from "./status-lines.ts";
import { escaped } from "./tool-line.ts";

export interface RenderOptions {
  /** Whether the answer is shown while it is written, or only what Claude does. */
  readonly stream: boolean;
  readonly footer: boolean;
  readonly tools: ToolVerbosity;
  /** The most messages that one answer may take; what is longer comes as a file too. */
  readonly maxMessages: number;
  /** ms since the epoch. */
  readonly nowMs: number;
  /** In place of `splitMessage`: a stream splitter, which reads only what is new. */
  readonly split?: (markdown: string) => readonly string[];
}

/** A link preview below a short answer is welcome, below a long one it tears it apart. */
const LONG_ANSWER = 600;

/** The messages that should stand in the channel while the answer that began at `startedAtMs` is made. */
export function renderRunning(
  view: AnswerView,
  startedAtMs: number,
  options: RenderOptions,
): OutgoingMessage[] {
  const { split = splitMessage, tools, nowMs, maxMessages } = options;
  const spoken = options.stream ? answerText(view, tools) : "";
  const parts = split(spoken);
  const status = statusLines(view, tools, nowMs - startedAtMs);
  if (parts.length > maxMessages) status.unshift("-# The answer goes on. All of it will come as a file.");
  return messages(withTail(parts.slice(0, maxMessages), status.join("\n"), maxMessages), spoken);
}

/** The messages that should stand in the channel for good. `view` is undefined when the answer was made before a restart. */
export function renderEnd(
  end: TurnEnd,
  view: AnswerView | undefined,
  options: RenderOptions,
): OutgoingMessage[] {
  const { tools, footer, maxMessages, nowMs } = options;
  if (end.notes.some(({ type }) => type === "told_with")) return [];
  const withSteps = tools === "full" && view?.steps.some(({ type }) => type === "tool") === true;
  const answer = withSteps && view !== undefined ? answerText({ ...view, preview: "" }, tools) : end.answer;
  const closing = closingText(end, answer, nowMs);
  const text = [...end.notes.map(noteText), answer.trim() === "" ? "" : answer, closing]
    .filter((each) => each !== "")
    .join("\n\n");
  const tail = footer && end.stats !== undefined ? footerLine(end.stats) : "";
  const parts = splitMessage(text);
  const whole = withTail(parts, tail, Number.POSITIVE_INFINITY);
  if (whole.length <= maxMessages) return messages(whole, text);

  const last = [closing, "-# This is only the beginning: all of it is in the file below.", tail];
  const head = withTail(
    parts.slice(0, maxMessages),
    last.filter((each) => each !== "").join("\n"),
    maxMessages,
  );
  const shown = messages(head, text);
  const file = { name: "answer.md", data: end.answer };
  return shown.map((each, index) => (index === shown.length - 1 ? { ...each, files: [file] } : each));
}

function messages(parts: readonly string[], text: string): OutgoingMessage[] {
  const suppressEmbeds = parts.length > 1 || text.length > LONG_ANSWER;
  return parts.map((content) => ({ content, ...(suppressEmbeds ? { suppressEmbeds } : {}) }));
}

/** What was said; with `full` also every tool use where it happened. */
function answerText(view: AnswerView, tools: ToolVerbosity): string {
  if (tools !== "full") return spokenText(view);
  let text = "";
  let afterTool = false;
  for (const step of view.steps) {
    const tool = step.type === "tool";
    const shown = tool ? `-# ${step.line}${step.failed ? " · failed" : ""}` : step.text;
    text += `${text === "" ? "" : tool && afterTool ? "\n" : "\n\n"}${shown}`;
    afterTool = tool;
  }
  return [text, view.preview].filter((each) => each !== "").join("\n\n");
}

/** Puts small print below the last part, which may take one message more, or a shorter end of the last one. */
function withTail(parts: readonly string[], tail: string, maxMessages: number): string[] {
  if (tail === "") return [...parts];
  const last = parts.at(-1);
  if (last === undefined) return [tail];
  if (last.length + 1 + tail.length <= MESSAGE_LIMIT) return [...parts.slice(0, -1), `${last}\n${tail}`];
  const shorter = splitMessage(last, MESSAGE_LIMIT - tail.length - 1);
  const room = Math.max(1, maxMessages - parts.length + 1);
  const kept = shorter.slice(0, room);
  return [...parts.slice(0, -1), ...kept.slice(0, -1), `${kept.at(-1) ?? ""}\n${tail}`];
}

function closingText(end: TurnEnd, answer: string, nowMs: number): string {
  const { outcome, failureCode, errorId, resetsAtMs } = end;
  if (outcome === "failed")
    return failureText({ code: failureCode ?? "internal", errorId, resetsAtMs, nowMs });
  if (outcome === "cancelled") return "-# Stopped.";
  // What it has to say is its note; one of an earlier version has none.
  if (outcome === "expired")
    return end.notes.length > 0 ? "" : leftOutText({ type: "left_out", tooOld: 1, tooMany: 0 });
  return answer.trim() === "" ? "Claude finished without saying anything." : "";
}

function noteText(note: TurnNote): string {
  if (note.type === "no_worktree") return note.reason;
  if (note.type === "tools_denied") return `-# Not allowed here: ${note.tools.map(escaped).join(", ")}`;
  if (note.type === "left_out") return leftOutText(note);
  if (note.type === "told_with") return "";
  if (note.type === "secrets_hidden") return `-# Hidden, because it looks secret: ${note.kinds.join(", ")}`;
  return "-# The earlier conversation could not be found, so Claude does not know what was said before.";
}

function footerLine({ durationMs, costUsd, contextTokens, contextWindow }: TurnStats): string {
  const percent = contextWindow > 0 ? Math.round((contextTokens / contextWindow) * 100) : 0;
  // Unknown, or too little to be worth a word.
  const context = percent > 0 ? `${percent} % of context` : undefined;
  const facts = [duration(durationMs), dollars(costUsd), context].filter((each) => each !== undefined);
  return `-# ${facts.join(" · ")}`;
}

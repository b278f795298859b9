import { duration } from "./amounts.ts";
import type { AnswerView } from "./answer-view.ts";
import { todoProgress } from "./todo-list.ts";
import { cut, escaped } from "./tool-line.ts";

/** How much of Claude's work is shown: nothing, what it does now, or every step. */
export type ToolVerbosity = "off" | "brief" | "full";

// More lines than these push the answer off a phone's screen.
const MOST_SUBAGENTS = 5;
const PHONE_LINE = 60;

/** What Claude is doing, as lines of Discord's small print; none when it merely writes and nothing else is known. */
export function statusLines(view: AnswerView, tools: ToolVerbosity, elapsedMs: number): string[] {
  const elapsed = duration(elapsedMs);
  const lines = [`${state(view, tools)} · ${elapsed}`];
  if (tools !== "off") {
    const progress = todoProgress(view.todos);
    if (progress !== undefined) lines.push(cut(escaped(progress), PHONE_LINE));
    for (const { task, line } of view.subagents.slice(0, MOST_SUBAGENTS)) {
      lines.push(
        line === undefined
          ? cut(escaped(task), PHONE_LINE)
          : `${cut(escaped(task), PHONE_LINE / 2)}: ${line}`,
      );
    }
    const more = view.subagents.length - MOST_SUBAGENTS;
    if (more > 0) lines.push(`and ${more} more`);
  }
  return lines.map((line) => `-# ${line}`);
}

/** The one thing that a person would want to know first. */
function state(view: AnswerView, tools: ToolVerbosity): string {
  if (view.openPermissions.length > 0) return "Waiting for an answer";
  if (view.compacting) return "Shortening the conversation to make room";
  // The first attempt that fails is mostly followed by one that succeeds: nothing to worry about.
  if (view.retryAttempt !== undefined && view.retryAttempt > 1)
    return `Claude's API is slow to answer, attempt ${view.retryAttempt}`;
  const tool = view.runningTools.at(-1);
  if (tool !== undefined) return tools === "off" ? "Working" : tool.line;
  if (view.subagents.length > 0)
    return view.subagents.length === 1 ? "A subagent works" : `${view.subagents.length} subagents work`;
  return view.preview === "" ? "Thinking" : "Writing";
}

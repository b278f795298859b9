import { peopleText } from "./people-text.ts";
import type { MessageParam, RequestBody } from "./request-body.ts";

/** One request for an assistant message, as a script sees it. */
export interface ModelRequest {
  readonly model: string;
  readonly messages: readonly MessageParam[];
  /** The system prompt, its blocks joined with newlines. */
  readonly system: string;
  /** The names of the tools that were offered. */
  readonly tools: readonly string[];
  /** What people said in this session so far, oldest first, without the CLI's reminders. */
  readonly history: readonly string[];
  /** The last of `history`, or "" when nobody spoke. */
  readonly lastUserText: string;
  /** The results of the tools that the last assistant message used; empty when people spoke after it. */
  readonly toolResults: readonly ToolResult[];
  /** How many assistant messages follow the last thing that people said: the place in a sequence. */
  readonly step: number;
  /** 1, or more when the same session asks for the same message again after a failure. */
  readonly attempt: number;
  readonly stream: boolean;
  /** The id of the Claude Code session, or "" when the request names none. */
  readonly sessionHint: string;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** When it came, in ms since the epoch. */
  readonly atMs: number;
}

export interface ToolResult {
  readonly toolUseId: string;
  readonly text: string;
  readonly isError: boolean;
}

/** Builds the script's view of a request; `countAttempt` is given a key that is the same for each retry. */
export function describeRequest(
  body: RequestBody,
  headers: Readonly<Record<string, string>>,
  countAttempt: (key: string) => number,
): ModelRequest {
  const history = body.messages.map(peopleText).filter((text) => text !== undefined);
  const lastUserText = history.at(-1) ?? "";
  const lastSpoken = body.messages.findLastIndex((message) => peopleText(message) !== undefined);
  const sessionHint = headers["x-claude-code-session-id"] ?? "";
  return {
    model: body.model,
    messages: body.messages,
    system:
      typeof body.system === "string" ? body.system : body.system.map((block) => block.text ?? "").join("\n"),
    tools: body.tools.map((tool) => tool.name),
    history,
    lastUserText,
    toolResults: latestToolResults(body.messages.slice(lastSpoken + 1)),
    step: body.messages.slice(lastSpoken + 1).filter((message) => message.role === "assistant").length,
    attempt: countAttempt(JSON.stringify([sessionHint, body.messages.length, lastUserText])),
    stream: body.stream,
    sessionHint,
    headers,
    atMs: Date.now(),
  };
}

function latestToolResults(sinceSpoken: readonly MessageParam[]): ToolResult[] {
  const lastAssistant = sinceSpoken.findLastIndex((message) => message.role === "assistant");
  return sinceSpoken.slice(lastAssistant + 1).flatMap((message) => {
    if (typeof message.content === "string") return [];
    return message.content.flatMap(({ type, tool_use_id, content, is_error }) => {
      if (type !== "tool_result") return [];
      const text = Array.isArray(content)
        ? content.map((part) => part.text ?? "").join("\n")
        : (content ?? "");
      return [{ toolUseId: tool_use_id ?? "", text, isError: is_error ?? false }];
    });
  });
}

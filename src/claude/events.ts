import type { AgentEvent, AgentFailure } from "../core/agents/agent.ts";
import { endWithoutResult } from "../core/agents/end-without-result.ts";
import { type ApiFault, failureOfResult } from "./failures.ts";
import type { Line, LineOf } from "./lines.ts";
import { permissionRequest, retrying, toolResults, usageWindow } from "./plain-events.ts";
import { createPreview } from "./preview.ts";
import { inputTokens, turnEnd } from "./turn-end.ts";

/** Turns the CLI's lines into events. It knows which turn was asked for, since results do not pair up by themselves. */
export interface Translator {
  /** A turn was written to the CLI and has not ended. */
  asked(turnId: string): void;
  /** A turn was not written, since the CLI is about to take it up by itself: the next one that begins is this one. */
  expected(turnId: string): void;
  translate(line: Line): readonly AgentEvent[];
  /** The turn that was asked for and has not ended. */
  readonly askedTurnId: string | undefined;
  /** Whether any turn runs, asked for or not. */
  readonly isRunning: boolean;
  /** What a start that failed said about itself. */
  readonly startFailure: AgentFailure | undefined;
}

export function createTranslator(): Translator {
  const preview = createPreview();
  let asked: string | undefined;
  let isExpected = false;
  let running: { turnId: string | undefined } | undefined;
  let hasRun = false;
  let begunTurnId: string | undefined;
  let fault: ApiFault | undefined;
  let refusedUntilMs: number | undefined;
  let contextTokens = 0;
  let model: string | undefined;
  let compacting = false;
  let startFailure: AgentFailure | undefined;

  const end = (turnId: string | undefined, ended: ReturnType<typeof endWithoutResult>): AgentEvent[] => {
    if (turnId === asked) [asked, isExpected] = [undefined, false];
    running = undefined;
    fault = undefined;
    return [...preview.withdraw(), { type: "turn_ended", turnId, end: ended }];
  };

  const begin = (line: LineOf<"system/init">): AgentEvent[] => {
    if (running) return [];
    const named = line.user_message_uuids ?? (begunTurnId === undefined ? [] : [begunTurnId]);
    // A turn that is taken up after a restart runs under an id of the CLI's own, and ends under the original one.
    const turnId = isExpected ? asked : (named.find((uuid) => uuid === asked) ?? named[0]);
    running = { turnId };
    hasRun = true;
    model = line.model;
    return [{ type: "turn_started", turnId }];
  };

  const lifecycle = ({ command_uuid, state }: LineOf<"command_lifecycle">): AgentEvent[] => {
    if (state === "started") begunTurnId = command_uuid;
    if (state === "completed" && begunTurnId === command_uuid) begunTurnId = undefined;
    // Of an expected turn only the old message is spoken of here, which may be completed before its turn goes on.
    if (command_uuid !== asked || running || isExpected) return [];
    if (state === "cancelled") return end(asked, endWithoutResult({ outcome: "interrupted" }));
    if (state !== "completed") return [];
    const failure = { code: "turn_already_taken", detail: "the transcript already holds this uuid" } as const;
    return end(asked, endWithoutResult({ outcome: "failed", failure }));
  };

  const result = (line: LineOf<"result">): AgentEvent[] => {
    const failure = () => failureOfResult(line, fault, refusedUntilMs);
    const uuids = [...(line.user_message_uuids ?? []), line.user_message_uuid];
    if (!running && !uuids.includes(asked ?? null)) {
      // No turn has begun: this is the CLI telling why it can't start.
      if (!hasRun && line.is_error) startFailure = failure();
      return [];
    }
    const turnId = uuids.includes(asked ?? null) ? asked : running?.turnId;
    return end(turnId, turnEnd(line, { contextTokens, model }, failure));
  };

  const assistant = (line: LineOf<"assistant">): AgentEvent[] => {
    const parentToolUseId = line.parent_tool_use_id ?? undefined;
    const isMain = parentToolUseId === undefined;
    if (line.error || line.is_api_error_message) {
      fault = {
        error: line.error ?? "unknown",
        status: line.api_error_status ?? undefined,
        apiError: line.api_error ?? undefined,
      };
      return isMain ? preview.withdraw() : [];
    }
    // The CLI's own words, such as "No response requested.": no model said them.
    if (line.message.model === SYNTHETIC) return [];
    if (isMain) {
      model = line.message.model ?? model;
      contextTokens = inputTokens(line.message.usage) || contextTokens;
    }
    return line.message.content.flatMap((block): AgentEvent[] => {
      if (block.type === "text") {
        if (isMain) preview.confirm();
        return [{ type: "text", text: block.text, inSubagent: !isMain }];
      }
      if (block.type !== "tool_use") return [];
      return [
        { type: "tool_use", toolUseId: block.id, name: block.name, input: block.input, parentToolUseId },
      ];
    });
  };

  const streamed = ({ event, parent_tool_use_id }: LineOf<"stream_event">): AgentEvent[] => {
    if (parent_tool_use_id) return [];
    if (event.type === "message_start") contextTokens = inputTokens(event.message?.usage) || contextTokens;
    if (event.type === "message_delta") contextTokens += event.usage?.output_tokens ?? 0;
    if (event.type === "message_start" || event.type === "message_stop") return preview.withdraw();
    return event.delta?.type === "text_delta" ? preview.add(event.delta.text ?? "") : [];
  };

  const meaning = (source: Line): readonly AgentEvent[] => {
    switch (source.kind) {
      case "system/init":
        return begin(source.line);
      case "command_lifecycle":
        return lifecycle(source.line);
      case "result":
        return result(source.line);
      case "assistant":
        return assistant(source.line);
      case "stream_event":
        return streamed(source.line);
      case "user":
        return toolResults(source.line);
      case "control_request":
        return permissionRequest(source.line);
      case "control_cancel_request":
        return [{ type: "permission_withdrawn", requestId: source.line.request_id }];
      case "system/api_retry":
        return [...preview.withdraw(), retrying(source.line)];
      case "rate_limit_event": {
        const event = usageWindow(source.line);
        refusedUntilMs = event.status === "rejected" ? event.resetsAtMs : undefined;
        return [event];
      }
      case "system/background_tasks_changed":
        return [{ type: "background", tasks: source.line.tasks.length }];
      case "system/thinking_tokens":
        return [{ type: "thinking", tokens: source.line.estimated_tokens }];
      case "system/status": {
        const active = source.line.status === "compacting";
        if (active === compacting) return [];
        compacting = active;
        return [{ type: "compacting", active }];
      }
      default:
        return [];
    }
  };

  return {
    asked(turnId) {
      [asked, isExpected] = [turnId, false];
    },
    expected(turnId) {
      [asked, isExpected] = [turnId, true];
    },
    translate: meaning,
    get askedTurnId() {
      return asked;
    },
    get isRunning() {
      return running !== undefined;
    },
    get startFailure() {
      return startFailure;
    },
  };
}

const SYNTHETIC = "<synthetic>";

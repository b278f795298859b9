import type { AgentEvent } from "../core/agents/agent.ts";
import { type LineOf, parsePermissionRequest } from "./lines.ts";

/* Lines that mean the same whatever came before them. */

/** What tools gave back; notes and replays of the CLI are none. */
export function toolResults(line: LineOf<"user">): AgentEvent[] {
  if (line.isReplay || typeof line.message.content === "string") return [];
  return line.message.content.flatMap((block): AgentEvent[] => {
    if (block.type !== "tool_result") return [];
    const text =
      typeof block.content === "string"
        ? block.content
        : (block.content ?? []).map((part) => part.text ?? `[${part.type}]`).join("\n");
    return [{ type: "tool_result", toolUseId: block.tool_use_id, isError: block.is_error ?? false, text }];
  });
}

/** A tool use that somebody must allow; other requests of the CLI are none. */
export function permissionRequest({ request_id, request }: LineOf<"control_request">): AgentEvent[] {
  if (request.subtype !== "can_use_tool") return [];
  const asked = parsePermissionRequest(request);
  return [
    {
      type: "permission_requested",
      requestId: request_id,
      toolUseId: asked.tool_use_id,
      toolName: asked.tool_name,
      input: asked.input,
      suggestions: asked.permission_suggestions ?? [],
    },
  ];
}

/** A request to the model failed and will be made again. */
export function retrying(line: LineOf<"system/api_retry">): AgentEvent {
  // What never came to an answer has neither a status nor a name.
  const named = [line.error === "unknown" ? undefined : line.error, line.error_status]
    .filter(Boolean)
    .join(" ");
  const reason = named || "connection";
  return { type: "retrying", attempt: line.attempt, delayMs: line.retry_delay_ms, reason };
}

/** The state of a subscription's usage window. */
export function usageWindow({ rate_limit_info: info }: LineOf<"rate_limit_event">) {
  const status =
    info.status === "rejected" ? "rejected" : info.status === "allowed_warning" ? "warning" : "allowed";
  return {
    type: "usage_window",
    status,
    window: info.rateLimitType ?? "",
    utilization: info.utilization ?? undefined,
    // The CLI tells seconds.
    resetsAtMs: typeof info.resetsAt === "number" ? info.resetsAt * 1000 : undefined,
  } as const;
}

import { z } from "zod";
import type { AgentCommand, AgentEvent, HostTool } from "../core/agents/agent.ts";
import { type LineOf, ProtocolError } from "./lines.ts";

/** The CLI's name for the server of our tools: Claude knows them as `mcp__coord__<name>`. */
export const SERVER_NAME = "coord";

/** Our tools as an MCP server on the agent's own pipe, so that no process more is needed. */
export interface HostTools {
  /** For `initialize`; empty without tools. */
  readonly serverNames: readonly string[];
  /** Answers an `mcp_message`; a call of a tool is answered by `answer`. */
  hear(line: LineOf<"control_request">): void;
  /** An answer to a call that is over does nothing. */
  answer(answer: Extract<AgentCommand, { type: "tool_answer" }>): void;
  /** The CLI no longer waits for this request. */
  withdrawn(requestId: string): void;
}

/** Whether a tool, by the CLI's name, is one of ours. */
export function isHostTool(toolName: string): boolean {
  return toolName.startsWith(`mcp__${SERVER_NAME}__`);
}

export function createHostTools(
  tools: readonly HostTool[],
  write: (line: unknown) => void,
  emit: (event: AgentEvent) => void,
): HostTools {
  /** Request id of the CLI -> id of the JSON-RPC request in it. */
  const open = new Map<string, RpcId>();

  const respond = (requestId: string, id: RpcId, outcome: { result: unknown } | { error: unknown }) => {
    const response = { mcp_response: { jsonrpc: "2.0", id, ...outcome } };
    write({ type: "control_response", response: { subtype: "success", request_id: requestId, response } });
  };

  // Otherwise the CLI keeps the schema from the model until it searches for the tool.
  const _meta = { "anthropic/alwaysLoad": true };
  const listed = tools.map(({ name, description, inputSchema }) => ({
    name,
    description,
    inputSchema,
    _meta,
  }));

  return {
    serverNames: tools.length === 0 ? [] : [SERVER_NAME],
    hear: ({ request_id, request }) => {
      const { method, id = 0, params } = parseMessage(request);
      switch (method) {
        case "initialize":
          return respond(request_id, id, {
            result: {
              protocolVersion: params?.protocolVersion ?? "2025-06-18",
              capabilities: { tools: {} },
              serverInfo: { name: SERVER_NAME, version: "1" },
            },
          });
        case "tools/list":
          return respond(request_id, id, { result: { tools: listed } });
        case "tools/call":
          open.set(request_id, id);
          return emit({
            type: "tool_called",
            callId: request_id,
            name: params?.name ?? "",
            input: params?.arguments ?? {},
          });
        default:
          // Notifications want no answer, but the control request around them does.
          if (method === "ping" || method.startsWith("notifications/"))
            return respond(request_id, id, { result: {} });
          return respond(request_id, id, { error: { code: METHOD_NOT_FOUND, message: `no ${method} here` } });
      }
    },
    answer: ({ callId, text, isError }) => {
      const id = open.get(callId);
      if (id === undefined) return;
      open.delete(callId);
      respond(callId, id, { result: { content: [{ type: "text", text }], isError } });
    },
    withdrawn: (requestId) => void open.delete(requestId),
  };
}

type RpcId = string | number;

const METHOD_NOT_FOUND = -32601;

const mcpMessage = z.object({
  message: z.object({
    method: z.string(),
    id: z.union([z.string(), z.number()]).optional(),
    params: z
      .looseObject({
        protocolVersion: z.string().optional(),
        name: z.string().optional(),
        arguments: z.record(z.string(), z.unknown()).optional(),
      })
      .optional(),
  }),
});

function parseMessage(request: unknown): z.infer<typeof mcpMessage>["message"] {
  const parsed = mcpMessage.safeParse(request);
  if (parsed.success) return parsed.data.message;
  throw new ProtocolError(`a message to our tools has an unknown shape: ${z.prettifyError(parsed.error)}`);
}

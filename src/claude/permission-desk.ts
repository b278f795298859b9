import type { AgentEvent, PermissionAnswer } from "../core/agents/agent.ts";

type Requested = Extract<AgentEvent, { type: "permission_requested" }>;

/** The permission requests that wait for an answer. */
export interface PermissionDesk {
  opened(request: Requested): void;
  /** False when it was not open, so that nobody needs to hear of it. */
  withdrawn(requestId: string): boolean;
  /** Passes an answer on; one that comes too late does nothing. */
  answer(requestId: string, answer: PermissionAnswer): void;
  openIds(): readonly string[];
}

export function createPermissionDesk(write: (line: unknown) => void): PermissionDesk {
  const open = new Map<string, Requested>();
  return {
    opened: (request) => void open.set(request.requestId, request),
    withdrawn: (requestId) => open.delete(requestId),
    answer(requestId, answer) {
      const request = open.get(requestId);
      if (!open.delete(requestId)) return;
      // Older versions of the CLI want the input back even when it is unchanged.
      const response = answer.behavior === "allow" ? { updatedInput: request?.input, ...answer } : answer;
      write({ type: "control_response", response: { subtype: "success", request_id: requestId, response } });
    },
    openIds: () => [...open.keys()],
  };
}

import type { AgentEvent, PermissionAnswer } from "./agent.ts";

/** Questions that tools of ours put to people, the same way as the agent's own. */
export interface AskingTools {
  ask(callId: string, toolName: string, about: Readonly<Record<string, unknown>>): Promise<PermissionAnswer>;
  /** False when the question is none of ours. */
  answer(requestId: string, answer: PermissionAnswer): boolean;
  hear(event: AgentEvent): void;
}

export function createAskingTools(emit: (event: AgentEvent) => void): AskingTools {
  const open = new Map<string, (answer: PermissionAnswer) => void>();
  let count = 0;
  return {
    ask: (callId, toolName, about) =>
      new Promise((resolve) => {
        count += 1;
        const requestId = `${callId}-ask-${count}`;
        open.set(requestId, resolve);
        emit({
          type: "permission_requested",
          requestId,
          toolUseId: callId,
          toolName,
          input: about,
          suggestions: [],
          mustAsk: true,
        });
      }),
    answer: (requestId, answer) => {
      const resolve = open.get(requestId);
      resolve?.(answer);
      return open.delete(requestId);
    },
    hear: ({ type }) => {
      if (type !== "turn_ended" && type !== "exited") return;
      // With the turn its questions are over: nobody will answer them any more.
      for (const resolve of open.values()) resolve({ behavior: "deny", message: OVER });
      open.clear();
    },
  };
}

const OVER = "The turn was over before anybody answered.";

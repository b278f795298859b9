import type { AgentEvent, PermissionAnswer } from "../agents/agent.ts";
import { mayWrite } from "./recovery.ts";

export interface ToolNoteOptions {
  /** Writes down what is at work from now on, one line each; undefined for nothing. */
  readonly note: (tools: string | undefined) => void;
  /** A tool use in a few words, as people know it. */
  readonly toolLine: (name: string, input: Readonly<Record<string, unknown>>) => string;
}

/** Follows which tools with effects are at work in a turn, so that a crash is known to have cut them short. */
export interface ToolNote {
  hear(event: AgentEvent): void;
  /** A person's answer, before it is passed on: what is allowed begins then. */
  answering(requestId: string, answer: PermissionAnswer): void;
}

export function createToolNote({ note, toolLine }: ToolNoteOptions): ToolNote {
  const atWork = new Map<string, string>();
  // While a person is asked, a tool has done nothing yet.
  const asked = new Map<string, { readonly toolUseId: string; readonly line: string }>();
  let noted: string | undefined;

  const write = () => {
    const lines = [...atWork.values()];
    const more = lines.length > MOST_LINES ? [`and ${lines.length - MOST_LINES} more`] : [];
    const tools = [...lines.slice(0, MOST_LINES), ...more].join("\n") || undefined;
    if (tools === noted) return;
    noted = tools;
    note(tools);
  };

  return {
    hear: (event) => {
      switch (event.type) {
        case "tool_use":
          // The CLI tells of it before it runs.
          if (mayWrite(event.name)) atWork.set(event.toolUseId, toolLine(event.name, event.input));
          break;
        case "permission_requested": {
          const { requestId, toolUseId } = event;
          const line = atWork.get(toolUseId);
          if (line !== undefined && atWork.delete(toolUseId)) asked.set(requestId, { toolUseId, line });
          break;
        }
        case "permission_withdrawn":
          asked.delete(event.requestId);
          break;
        case "tool_result":
          atWork.delete(event.toolUseId);
          break;
      }
      write();
    },
    answering: (requestId, answer) => {
      const request = asked.get(requestId);
      asked.delete(requestId);
      if (request !== undefined && answer.behavior === "allow") atWork.set(request.toolUseId, request.line);
      write();
    },
  };
}

const MOST_LINES = 3;

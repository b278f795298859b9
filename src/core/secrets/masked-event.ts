import type { AgentEvent } from "../agents/agent.ts";
import { maskedValue } from "./masked-value.ts";
import type { Redactor } from "./redactor.ts";

/**
 * An agent's event as people may see it: what is said for certain and what tools are used with, without secrets. A
 * preview is only a piece, in which a secret can't be seen: it is masked where it is put together.
 */
export function maskedEvent(event: AgentEvent, redactor: Redactor): AgentEvent {
  const mask = (text: string) => redactor.mask(text).text;
  switch (event.type) {
    case "text":
      return { ...event, text: mask(event.text) };
    case "tool_use":
    case "permission_requested":
      return { ...event, input: maskedValue(event.input, mask) };
    default:
      return event;
  }
}

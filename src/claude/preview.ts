import type { AgentEvent } from "../core/agents/agent.ts";

/** Text while it is written. A stream that breaks is repeated from its start, so what was previewed may not stand. */
export function createPreview() {
  let open = false;
  return {
    add(text: string): AgentEvent[] {
      if (text === "") return [];
      open = true;
      return [{ type: "preview", text }];
    },
    /** The finished block came: it replaces what was previewed. */
    confirm(): void {
      open = false;
    },
    /** No finished block came and none will. */
    withdraw(): AgentEvent[] {
      if (!open) return [];
      open = false;
      return [{ type: "preview_withdrawn" }];
    },
  };
}

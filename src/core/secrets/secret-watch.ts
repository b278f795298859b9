import type { AgentEvent } from "../agents/agent.ts";
import type { Redactor } from "./redactor.ts";

/** Where a secret of ours was met. */
export type SecretPlace =
  /** In what Claude said to people. */
  | "answer"
  /** In what Claude used a tool with. */
  | "tool"
  /** In what people were to be asked about. */
  | "question"
  /** In a file for people. */
  | "file"
  /** On the way to Discord, where nothing before had met it. */
  | "message";

/** So much of what was said last is looked at together: a secret may come in many pieces. */
const TAIL = 4_096;

/** Looks for secrets of ours in a turn while it runs; tells where one is in this event, with what came before it. */
export function createSecretWatch(redactor: Redactor): (event: AgentEvent) => "answer" | "tool" | undefined {
  let tail = "";
  let preview = "";
  const holds = (text: string) => redactor.holdsOwn(text);
  return (event) => {
    switch (event.type) {
      case "preview":
        preview = (preview + event.text).slice(-TAIL);
        return holds(tail + preview) ? "answer" : undefined;
      case "preview_withdrawn":
        preview = "";
        return undefined;
      case "text": {
        if (event.inSubagent) return undefined;
        const said = `${tail}\n${event.text}`;
        preview = "";
        tail = said.slice(-TAIL);
        return holds(said) ? "answer" : undefined;
      }
      case "tool_use":
        return holds(JSON.stringify(event.input)) ? "tool" : undefined;
      default:
        return undefined;
    }
  };
}

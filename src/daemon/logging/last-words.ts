import type { AgentEvent } from "../../core/agents/agent.ts";
import type { Events } from "../../core/operations/events.ts";
import type { Snowflake } from "../../core/projects/project.ts";

export interface LastWordsDeps {
  readonly events: Pick<Events, "listen">;
  /** Whether what people and Claude write may be kept too. */
  readonly withText: () => boolean;
  readonly now: () => number;
}

/** What explains a failure is seldom further back. */
const MOST = 20;
/** Of so many conversations, those that spoke last. */
const CONVERSATIONS = 200;

/** Keeps what each conversation's agent did last, a short line each: what a failure is reported with. */
export function keepLastWords(deps: LastWordsDeps): (conversationId: Snowflake) => readonly string[] {
  const kept = new Map<Snowflake, string[]>();
  deps.events.listen((event) => {
    if (event.type !== "agent") return;
    const words = inWords(event.event, deps.withText());
    if (words === undefined) return;
    const known = kept.get(event.conversationId) ?? [];
    // An earlier turn explains nothing of this one.
    const lines = known.at(-1)?.includes(" turn_ended ") ? [] : known;
    // Put at the end again: the map is in the order of speaking.
    kept.delete(event.conversationId);
    kept.set(event.conversationId, [...lines, `${clock(deps.now())} ${words}`].slice(-MOST));
    for (const oldest of kept.keys()) {
      if (kept.size <= CONVERSATIONS) break;
      kept.delete(oldest);
    }
  });
  return (conversationId) => kept.get(conversationId) ?? [];
}

/** Undefined for what comes many times a second and explains nothing. */
function inWords(event: AgentEvent, withText: boolean): string | undefined {
  const sized = (text: string) => (withText ? JSON.stringify(text) : `${text.length} characters`);
  switch (event.type) {
    case "preview":
    case "preview_withdrawn":
    case "alive":
    case "thinking":
      return undefined;
    case "ready":
      return `ready ${event.version}`;
    case "text":
      return `text ${sized(event.text)}`;
    case "tool_use":
      return `tool_use ${event.name} ${sized(JSON.stringify(event.input))}`;
    case "tool_result":
      return `tool_result ${event.isError ? "is_error " : ""}${sized(event.text)}`;
    case "permission_requested":
      return `permission_requested ${event.toolName}`;
    case "tool_called":
      return `tool_called ${event.name}`;
    case "retrying":
      return `retrying, attempt ${event.attempt}: ${event.reason}`;
    case "usage_window":
      return `usage_window ${event.window} ${event.status}`;
    case "compacting":
      return `compacting ${event.active ? "begins" : "is over"}`;
    case "background":
      return `background ${event.tasks}`;
    case "turn_ended":
      return `turn_ended ${event.end.outcome} ${event.end.failure?.code ?? ""}`.trim();
    case "exited":
      return `exited ${event.failure?.code ?? ""}`.trim();
    default:
      return event.type;
  }
}

function clock(ms: number): string {
  return new Date(ms).toISOString().slice(11, 23);
}

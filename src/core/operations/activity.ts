import type { AgentEvent } from "../agents/agent.ts";
import type { Snowflake } from "../projects/project.ts";
import type { Turn } from "../turns/turn.ts";
import type { CoordEvent } from "./events.ts";

/** A turn that an agent works on, and what it does at this moment. */
export interface RunningTurn {
  readonly turn: Turn;
  /** When the agent was given it (ms since the epoch). */
  readonly startedAtMs: number;
  /** When its first text came. */
  readonly firstTextAtMs: number | undefined;
  /** The tool use that began last and has not ended. */
  readonly tool: RunningTool | undefined;
}

export interface RunningTool {
  readonly name: string;
  readonly input: Readonly<Record<string, unknown>>;
  readonly startedAtMs: number;
}

/** Follows the events, and knows which turns run and with which tool. */
export interface Activity {
  hear(event: CoordEvent): void;
  /** The one that has run longest first. */
  running(): readonly RunningTurn[];
  runningIn(conversationId: Snowflake): RunningTurn | undefined;
}

export function createActivity(now: () => number): Activity {
  const running = new Map<Snowflake, RunningTurn & { readonly tools: Map<string, RunningTool> }>();

  const hearAgent = (conversationId: Snowflake, event: AgentEvent) => {
    const current = running.get(conversationId);
    if (current === undefined) return;
    if (event.type === "tool_use") {
      current.tools.set(event.toolUseId, { name: event.name, input: event.input, startedAtMs: now() });
    } else if (event.type === "tool_result") {
      current.tools.delete(event.toolUseId);
    } else if (current.firstTextAtMs === undefined && isSpeech(event)) {
      running.set(conversationId, { ...current, firstTextAtMs: now() });
    }
  };

  const seen = ({ tools, ...rest }: RunningTurn & { readonly tools: Map<string, RunningTool> }) => ({
    ...rest,
    tool: [...tools.values()].at(-1),
  });
  return {
    hear: (event) => {
      if (event.type === "agent") return hearAgent(event.conversationId, event.event);
      if (event.type !== "turn_changed") return;
      const { turn } = event;
      if (turn.state === "running") {
        const begin = { turn, startedAtMs: now(), firstTextAtMs: undefined, tool: undefined };
        running.set(turn.conversationId, { ...begin, tools: new Map() });
      } else if (running.get(turn.conversationId)?.turn.id === turn.id) {
        running.delete(turn.conversationId);
      }
    },
    running: () => [...running.values()].map(seen).sort((a, b) => a.startedAtMs - b.startedAtMs),
    runningIn: (conversationId) => {
      const current = running.get(conversationId);
      return current && seen(current);
    },
  };
}

function isSpeech(event: AgentEvent): boolean {
  return event.type === "preview" || (event.type === "text" && !event.inSubagent);
}

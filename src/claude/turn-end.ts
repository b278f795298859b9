import type { AgentFailure, AgentTurnEnd } from "../core/agents/agent.ts";
import type { LineOf, Usage } from "./lines.ts";

/** What the lines before a result told that the result itself doesn't hold. */
export interface TurnFacts {
  /** Of the main conversation's last model call. */
  readonly contextTokens: number;
  /** The model that spoke last in the main conversation. */
  readonly model: string | undefined;
}

/** A turn's end from its `result` line. `failure` is asked for only when the turn neither completed nor was stopped. */
export function turnEnd(
  result: LineOf<"result">,
  facts: TurnFacts,
  failure: () => AgentFailure,
): AgentTurnEnd {
  const outcome = outcomeOf(result);
  return {
    outcome,
    text: outcome === "completed" ? (result.result ?? "") : "",
    ...(outcome === "failed" ? { failure: failure() } : {}),
    sessionCostUsd: result.total_cost_usd ?? 0,
    durationMs: result.duration_ms ?? 0,
    numTurns: result.num_turns ?? 0,
    inputTokens: inputTokens(result.usage),
    outputTokens: result.usage?.output_tokens ?? 0,
    contextTokens: facts.contextTokens,
    contextWindow: contextWindow(result, facts.model),
    deniedTools: (result.permission_denials ?? []).map((denial) => ({
      name: denial.tool_name,
      toolUseId: denial.tool_use_id ?? "",
    })),
  };
}

/** Everything that the model was shown, whether it came from the cache or not. */
export function inputTokens(usage: Usage | null | undefined): number {
  return (
    (usage?.input_tokens ?? 0) +
    (usage?.cache_creation_input_tokens ?? 0) +
    (usage?.cache_read_input_tokens ?? 0)
  );
}

/** `subtype` is no guide: a failed login is a "success" with `is_error`. */
function outcomeOf(result: LineOf<"result">): AgentTurnEnd["outcome"] {
  if (result.terminal_reason?.startsWith("aborted")) return "interrupted";
  return result.is_error ? "failed" : "completed";
}

function contextWindow(result: LineOf<"result">, model: string | undefined): number {
  const windows = Object.entries(result.modelUsage ?? {});
  const main = windows.find(([name]) => name === model) ?? windows[0];
  return main?.[1].contextWindow ?? 0;
}

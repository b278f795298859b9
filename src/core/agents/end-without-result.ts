import type { AgentFailure, AgentTurnEnd } from "./agent.ts";

/** The end of a turn whose agent told nothing of it: no text, nothing counted. */
export function endWithoutResult(
  end: { outcome: "interrupted" } | { outcome: "failed"; failure: AgentFailure },
): AgentTurnEnd {
  return {
    ...end,
    text: "",
    sessionCostUsd: 0,
    durationMs: 0,
    numTurns: 0,
    inputTokens: 0,
    outputTokens: 0,
    contextTokens: 0,
    contextWindow: 0,
    deniedTools: [],
  };
}

import type { AgentTurnEnd } from "../agents/agent.ts";
import type { Session } from "./ledger.ts";
import type { TurnStats } from "./turn.ts";

/** The CLI counts a session's cost from its beginning, also over a resume; a failed start reports none. */
export function totalCost(end: AgentTurnEnd, session: Session): number {
  return Math.max(session.costUsd, end.sessionCostUsd);
}

/** What a turn took; its cost is what the session's total has grown by. */
export function statsOf(end: AgentTurnEnd, session: Session): TurnStats {
  const { durationMs, numTurns, inputTokens, outputTokens, contextTokens, contextWindow } = end;
  const costUsd = totalCost(end, session) - session.costUsd;
  return { costUsd, durationMs, numTurns, inputTokens, outputTokens, contextTokens, contextWindow };
}

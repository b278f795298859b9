import type { AgentCommand } from "../core/agents/agent.ts";

export type TurnCommand = Extract<AgentCommand, { type: "turn" }>;

/** Turns that wait for the agent, in order, and the ids of those that it was given. */
export function createTurnQueue() {
  const waiting: TurnCommand[] = [];
  const given = new Set<string>();
  return {
    add: (turn: TurnCommand): void => void waiting.push(turn),
    /** The next turn to give; `isRepeated` when the agent had it before and would say nothing about it. */
    next(): { turn: TurnCommand; isRepeated: boolean } | undefined {
      const turn = waiting.shift();
      if (!turn) return undefined;
      const isRepeated = given.has(turn.turnId);
      given.add(turn.turnId);
      return { turn, isRepeated };
    },
    /** Empties the queue and returns what was in it. */
    clear: (): TurnCommand[] => waiting.splice(0),
  };
}

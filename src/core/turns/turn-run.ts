import type { AgentCommand, AgentEvent, AgentFailure, AgentTurnEnd, PromptPart } from "../agents/agent.ts";
import { endWithoutResult } from "../agents/end-without-result.ts";

/** The part of an agent that one turn needs. */
export interface TurnAgent {
  send(command: AgentCommand): void;
  /** Ends its process, which serves no further turn: also none that comes before it is gone. */
  end(): void;
  /** Hears this turn's events until the returned function is called. */
  listen(listener: (event: AgentEvent) => void): () => void;
}

export interface TurnRunOptions {
  readonly turnId: string;
  readonly prompt: readonly PromptPart[];
  /** No event at all for this long in a running turn: it is told, then interrupted. */
  readonly stallTimeoutMs: number;
  /** How long an interrupt may take before the process is ended instead. */
  readonly interruptGraceMs: number;
  /** Once the turn has cost as much, it is interrupted and has failed. */
  readonly budgetUsd?: number | undefined;
  readonly onEvent: (event: AgentEvent) => void;
  /** Aborted to interrupt the turn; the session stays usable. */
  readonly signal: AbortSignal;
}

/**
 * Runs one turn on an agent and always comes to an end: the agent's own, its exit, an interrupt that was heard, or
 * the end of a process that no longer listens. Never rejects.
 */
export function runTurn(agent: TurnAgent, options: TurnRunOptions): Promise<AgentTurnEnd> {
  return new Promise((resolve) => {
    const { signal } = options;
    const openPrompts = new Set<string>();
    // A resumed agent may take up another turn first that was cut short: what it says there answers nobody.
    let isForeign = false;
    let stalled: AgentFailure | undefined;
    const overspent = watchCost(options.budgetUsd);
    let stallTimer: NodeJS.Timeout | undefined;
    let interruptTimer: NodeJS.Timeout | undefined;

    const settle = (end: AgentTurnEnd) => {
      clearTimeout(stallTimer);
      clearTimeout(interruptTimer);
      signal.removeEventListener("abort", interrupt);
      stopListening();
      resolve(end);
    };

    const interrupt = () => {
      if (interruptTimer !== undefined) return;
      // Before it is sent: a turn that its process has not heard of yet ends at once, and takes its timers with it.
      interruptTimer = setTimeout(() => agent.end(), options.interruptGraceMs);
      agent.send({ type: "interrupt" });
    };

    const watchForStall = () => {
      clearTimeout(stallTimer);
      // While a person is asked, silence is theirs: approvals have a time limit of their own.
      if (openPrompts.size > 0) return;
      stallTimer = setTimeout(() => {
        const detail = `no line from the agent for ${options.stallTimeoutMs} ms`;
        stalled = { code: "stalled", detail };
        interrupt();
      }, options.stallTimeoutMs);
    };

    const stopListening = agent.listen((event) => {
      if (event.type === "cost_described") {
        if (overspent(event.costUsd) !== undefined) interrupt();
        return;
      }
      if (options.budgetUsd !== undefined && SPENDS.has(event.type)) agent.send({ type: "describe_cost" });
      if (event.type === "permission_requested") openPrompts.add(event.requestId);
      if (event.type === "permission_answered" || event.type === "permission_withdrawn") {
        openPrompts.delete(event.requestId);
      }
      watchForStall();
      if (event.type === "turn_started") isForeign = event.turnId !== options.turnId;
      if (event.type === "turn_ended") {
        isForeign = false;
        if (event.turnId !== options.turnId) return;
        const reason = stalled ?? (event.end.outcome === "interrupted" ? overspent() : undefined);
        settle(reason ? failed(reason, event.end) : event.end);
        return;
      }
      if (event.type === "exited") {
        const reason = stalled ?? overspent();
        if (reason) return settle(failed(reason));
        // Somebody stopped the process on purpose: an interrupt that it did not hear, a reset, the daemon's end.
        if (signal.aborted || event.failure === undefined)
          return settle(endWithoutResult({ outcome: "interrupted" }));
        return settle(failed(event.failure));
      }
      if (!isForeign || !SPEECH.has(event.type)) options.onEvent(event);
    });

    watchForStall();
    signal.addEventListener("abort", interrupt);
    // Answered before the turn begins: what people did in a terminal meanwhile is none of its cost.
    if (options.budgetUsd !== undefined) agent.send({ type: "describe_cost" });
    agent.send({ type: "turn", turnId: options.turnId, prompt: options.prompt });
    if (signal.aborted) interrupt();
  });
}

/** Says, given what the session has cost by now, why the turn is over; once it is, it stays so. */
function watchCost(budgetUsd: number | undefined): (costUsd?: number) => AgentFailure | undefined {
  let beforeUsd: number | undefined;
  let over: AgentFailure | undefined;
  return (costUsd) => {
    if (budgetUsd === undefined || costUsd === undefined) return over;
    beforeUsd ??= costUsd;
    const spentUsd = costUsd - beforeUsd;
    if (spentUsd >= budgetUsd) {
      over ??= { code: "budget_reached", detail: `the turn has cost $${spentUsd} of $${budgetUsd}` };
    }
    return over;
  };
}

/** After these the model has been paid for something. */
const SPENDS: ReadonlySet<AgentEvent["type"]> = new Set(["tool_use", "tool_result", "permission_requested"]);

const SPEECH: ReadonlySet<AgentEvent["type"]> = new Set([
  "turn_started",
  "text",
  "preview",
  "preview_withdrawn",
]);

function failed(failure: AgentFailure, end?: AgentTurnEnd): AgentTurnEnd {
  const outcome = { outcome: "failed", failure } as const;
  return end === undefined ? endWithoutResult(outcome) : { ...end, ...outcome };
}

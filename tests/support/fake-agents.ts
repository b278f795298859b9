import type {
  Agent,
  AgentCommand,
  AgentEvent,
  AgentSpec,
  AgentTurnEnd,
  StartAgent,
} from "../../src/core/agents/agent.ts";

/** One agent of the far end of the agent port, played by a test. */
export interface FakeAgent {
  readonly spec: AgentSpec;
  readonly commands: AgentCommand[];
  readonly isGone: () => boolean;
  emit(event: AgentEvent): void;
  /** Plays a whole turn that says `text`. */
  answer(text: string, end?: Partial<AgentTurnEnd>): void;
  /** Plays a turn that fails. */
  fail(failure: NonNullable<AgentTurnEnd["failure"]>): void;
  exit(failure?: NonNullable<AgentTurnEnd["failure"]>): void;
}

export interface FakeAgents {
  readonly start: StartAgent;
  readonly all: FakeAgent[];
  /** Those whose process would be running. */
  running(): FakeAgent[];
  /** The most that ever ran at once. */
  peak(): number;
}

export interface FakeAgentsOptions {
  /** What an agent does with a turn; without it, the test plays each by hand. */
  readonly onTurn?: (agent: FakeAgent, turnId: string, prompt: string) => void;
  /** Agents that do not end when told to, until the test says so. */
  readonly ignoresStop?: boolean;
}

export const EMPTY_END: AgentTurnEnd = {
  outcome: "completed",
  text: "",
  sessionCostUsd: 0,
  durationMs: 1,
  numTurns: 1,
  inputTokens: 1,
  outputTokens: 1,
  contextTokens: 0,
  contextWindow: 0,
  deniedTools: [],
};

/** Agents that do what a test says, behind the real port. */
export function createFakeAgents(options: FakeAgentsOptions = {}): FakeAgents {
  const all: FakeAgent[] = [];
  const running = () => all.filter((agent) => !agent.isGone());
  let peak = 0;

  const start: StartAgent = (spec, onEvent): Agent => {
    let gone = false;
    let turnId: string | undefined;
    let settle: () => void = () => {};
    const exited = new Promise<void>((resolve) => {
      settle = resolve;
    });
    const fake: FakeAgent = {
      spec,
      commands: [],
      isGone: () => gone,
      emit: onEvent,
      answer: (text, end) => {
        onEvent({ type: "turn_started", turnId });
        onEvent({ type: "text", text, inSubagent: false });
        onEvent({ type: "turn_ended", turnId, end: { ...EMPTY_END, text, ...end } });
      },
      fail: (failure) => {
        onEvent({ type: "turn_ended", turnId, end: { ...EMPTY_END, outcome: "failed", failure } });
      },
      exit: (failure) => {
        if (gone) return;
        gone = true;
        onEvent({ type: "exited", failure });
        settle();
      },
    };
    all.push(fake);
    peak = Math.max(peak, running().length);
    queueMicrotask(() => onEvent({ type: "ready", version: "0", models: [] }));
    return {
      pid: all.length,
      exited,
      send: (command) => {
        fake.commands.push(command);
        if (command.type === "stop" && !options.ignoresStop) queueMicrotask(() => fake.exit());
        if (command.type !== "turn") return;
        turnId = command.turnId;
        const [part] = command.prompt;
        const prompt = part?.type === "text" ? part.text : "";
        if (options.onTurn) queueMicrotask(() => options.onTurn?.(fake, command.turnId, prompt));
      },
    };
  };
  return { start, all, running, peak: () => peak };
}

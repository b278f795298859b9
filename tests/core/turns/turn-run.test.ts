import { describe, expect, test } from "vitest";
import type { AgentCommand, AgentEvent } from "../../../src/core/agents/agent.ts";
import { runTurn, type TurnRunOptions } from "../../../src/core/turns/turn-run.ts";
import { EMPTY_END } from "../../support/fake-agents.ts";

function setUp({
  onSend,
  ...options
}: Partial<TurnRunOptions> & { onSend?: (command: AgentCommand) => void } = {}) {
  const sent: AgentCommand[] = [];
  let emit: (event: AgentEvent) => void = () => {};
  const stop = new AbortController();
  const end = runTurn(
    {
      send: (command) => {
        sent.push(command);
        onSend?.(command);
      },
      end: () => sent.push({ type: "stop", graceMs: 0 }),
      listen: (listener) => {
        emit = listener;
        return () => {
          emit = () => {};
        };
      },
    },
    {
      turnId: "t1",
      prompt: [{ type: "text", text: "hello" }],
      stallTimeoutMs: 10_000,
      interruptGraceMs: 20,
      onEvent: () => {},
      signal: stop.signal,
      ...options,
    },
  );
  return { sent, end, stop, emit: (event: AgentEvent) => emit(event) };
}

const types = (commands: readonly AgentCommand[]) => commands.map((command) => command.type);

test("a turn ends as its agent says", async () => {
  const { end, emit, sent } = setUp();
  emit({ type: "turn_ended", turnId: "t1", end: { ...EMPTY_END, text: "hi" } });
  expect(await end).toMatchObject({ outcome: "completed", text: "hi" });
  expect(types(sent)).toEqual(["turn"]);
});

test("what a resumed agent says to an earlier turn first is no answer to this one", async () => {
  const heard: string[] = [];
  const { end, emit } = setUp({ onEvent: (event) => void (event.type === "text" && heard.push(event.text)) });
  for (const turnId of ["t0", "t1"]) {
    emit({ type: "turn_started", turnId });
    emit({ type: "text", text: `answer to ${turnId}`, inSubagent: false });
    emit({ type: "turn_ended", turnId, end: { ...EMPTY_END, text: turnId } });
  }
  expect(await end).toMatchObject({ text: "t1" });
  expect(heard).toEqual(["answer to t1"]);
});

test("a turn whose agent dies fails with what the agent said of it", async () => {
  const { end, emit } = setUp();
  emit({ type: "exited", failure: { code: "session_unknown", detail: "No conversation found" } });
  expect(await end).toMatchObject({ outcome: "failed", failure: { code: "session_unknown" } });
});

test.each(["interrupted", "completed", "failed"] as const)(
  "a silent turn is interrupted and fails as stalled, though its agent says then: %s",
  async (outcome) => {
    const { end, emit, sent } = setUp({ stallTimeoutMs: 20 });
    await expect.poll(() => types(sent)).toContain("interrupt");
    emit({ type: "turn_ended", turnId: "t1", end: { ...EMPTY_END, outcome } });
    expect(await end).toMatchObject({ outcome: "failed", failure: { code: "stalled" } });
  },
);

test("an agent that does not hear the interrupt is stopped", async () => {
  const { end, emit, sent } = setUp({ stallTimeoutMs: 20 });
  await expect.poll(() => types(sent)).toEqual(["turn", "interrupt", "stop"]);
  emit({ type: "exited", failure: undefined });
  expect(await end).toMatchObject({ outcome: "failed", failure: { code: "stalled" } });
});

test("signs of life keep a turn running", async () => {
  const { end, emit, sent } = setUp({ stallTimeoutMs: 60 });
  const beat = setInterval(() => emit({ type: "alive" }), 10);
  await new Promise((resolve) => setTimeout(resolve, 200));
  clearInterval(beat);
  expect(types(sent)).toEqual(["turn"]);
  emit({ type: "turn_ended", turnId: "t1", end: EMPTY_END });
  await end;
});

test("while a person is asked for permission, silence is no stall", async () => {
  const { end, emit, sent } = setUp({ stallTimeoutMs: 30 });
  emit({
    type: "permission_requested",
    requestId: "r1",
    toolUseId: "u1",
    toolName: "Bash",
    input: {},
    suggestions: [],
  });
  await new Promise((resolve) => setTimeout(resolve, 120));
  expect(types(sent)).toEqual(["turn"]);
  emit({ type: "permission_answered", requestId: "r1" });
  await expect.poll(() => types(sent)).toContain("interrupt");
  emit({ type: "exited", failure: undefined });
  await end;
});

test("an agent that gives a turn up at once is not ended afterwards, when it runs another", async () => {
  const interrupted = { ...EMPTY_END, outcome: "interrupted" } as const;
  const { end, emit, sent, stop } = setUp({
    interruptGraceMs: 5,
    onSend: ({ type }) =>
      type === "interrupt" && emit({ type: "turn_ended", turnId: "t1", end: interrupted }),
  });
  stop.abort();
  expect(await end).toMatchObject({ outcome: "interrupted" });
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(types(sent)).toEqual(["turn", "interrupt"]);
});

test("an interrupted turn ends as interrupted, also when the process had to be ended", async () => {
  const { end, emit, sent, stop } = setUp();
  stop.abort();
  await expect.poll(() => types(sent)).toEqual(["turn", "interrupt", "stop"]);
  emit({ type: "exited", failure: undefined });
  expect(await end).toMatchObject({ outcome: "interrupted" });
});

describe("a turn with a budget", () => {
  const tool = { type: "tool_result", toolUseId: "1", isError: false, text: "" } as const;
  const interrupted = { ...EMPTY_END, outcome: "interrupted" } as const;

  test("is interrupted once it has cost as much, and fails for that reason", async () => {
    const { end, emit, sent } = setUp({ budgetUsd: 2 });
    emit({ type: "cost_described", costUsd: 10 });
    emit({ type: "turn_started", turnId: "t1" });
    emit(tool);
    emit({ type: "cost_described", costUsd: 11.9 });
    expect(types(sent)).toEqual(["describe_cost", "turn", "describe_cost"]);
    emit(tool);
    emit({ type: "cost_described", costUsd: 12 });
    emit({ type: "cost_described", costUsd: undefined });
    expect(types(sent).slice(3)).toEqual(["describe_cost", "interrupt"]);
    emit({ type: "turn_ended", turnId: "t1", end: interrupted });
    expect(await end).toMatchObject({ outcome: "failed", failure: { code: "budget_reached" } });
  });

  test("that ends by itself before it hears of that has ended", async () => {
    const { end, emit } = setUp({ budgetUsd: 2 });
    emit({ type: "cost_described", costUsd: 0 });
    emit({ type: "cost_described", costUsd: 3 });
    emit({ type: "turn_ended", turnId: "t1", end: { ...EMPTY_END, text: "all done" } });
    expect(await end).toMatchObject({ outcome: "completed", text: "all done" });
  });

  test("is as silent as any other when only our questions are answered", async () => {
    const { end, emit, sent } = setUp({ budgetUsd: 2, stallTimeoutMs: 60 });
    const answers = setInterval(() => emit({ type: "cost_described", costUsd: 0 }), 10);
    await expect.poll(() => types(sent)).toContain("interrupt");
    clearInterval(answers);
    emit({ type: "turn_ended", turnId: "t1", end: interrupted });
    expect(await end).toMatchObject({ failure: { code: "stalled" } });
  });

  test("costs nothing to watch when there is none", () => {
    const { emit, sent } = setUp();
    emit(tool);
    expect(types(sent)).toEqual(["turn"]);
  });
});

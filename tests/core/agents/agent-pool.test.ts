import { expect, test } from "vitest";
import type { AgentEvent, AgentSpec } from "../../../src/core/agents/agent.ts";
import { type AgentPoolLimits, createAgentPool } from "../../../src/core/agents/agent-pool.ts";
import { createFakeAgents, EMPTY_END, type FakeAgentsOptions } from "../../support/fake-agents.ts";

const spec = (sessionId: string): AgentSpec => ({
  sessionId,
  conversationId: "10",
  resume: false,
  continueInterrupted: false,
  projectDir: "/srv",
  model: "sonnet",
  allowedTools: ["Read"],
  systemPrompt: undefined,
  permissionMode: "default",
});

function setUp(limits: Partial<AgentPoolLimits> = {}, options: FakeAgentsOptions = {}) {
  const agents = createFakeAgents(options);
  const unprompted: [string, AgentEvent["type"]][] = [];
  const installed = { program: "claude 1" };
  const pool = createAgentPool({
    startAgent: agents.start,
    limits: () => ({
      maxAgents: 2,
      idleTimeoutMs: 60_000,
      warmTimeoutMs: 60_000,
      stallTimeoutMs: 60_000,
      afterTasksMs: 5,
      stopGraceMs: 10,
      ...limits,
    }),
    onUnprompted: (conversation, event) => unprompted.push([conversation, event.type]),
    now: () => performance.now(),
    program: () => installed.program,
  });
  const waits: string[] = [];
  const take = (
    conversation: string,
    change: Partial<AgentSpec> = {},
    signal = new AbortController().signal,
  ) =>
    pool.take(
      conversation,
      { ...spec(conversation), ...change },
      { signal, onWait: (ahead) => waits.push(`${conversation}:${ahead}`) },
    );
  return { agents, pool, take, waits, unprompted, installed };
}

test("an agent stays warm between turns", async () => {
  const { agents, take } = setUp();
  (await take("a")).release();
  (await take("a")).release();
  expect(agents.all).toHaveLength(1);
});

test("the least recently used idle agent makes room", async () => {
  const { agents, take } = setUp();
  (await take("a")).release();
  (await take("b")).release();
  (await take("a")).release();
  (await take("c")).release();
  expect(agents.running().map((agent) => agent.spec.sessionId)).toEqual(["a", "c"]);
  expect(agents.peak()).toBe(2);
});

test("when all are busy, conversations wait in the order of asking and are told how many are ahead", async () => {
  const { take, waits } = setUp();
  const first = await take("a");
  await take("b");
  const order: string[] = [];
  const third = take("c").then((lease) => {
    order.push("c");
    return lease;
  });
  const fourth = take("d").then((lease) => {
    order.push("d");
    return lease;
  });
  expect(waits).toContain("d:1");
  first.release();
  (await third).release();
  await fourth;
  expect(order).toEqual(["c", "d"]);
  expect(waits.at(-1)).toBe("d:0");
});

test("whoever waits can give up", async () => {
  const { take, pool } = setUp({ maxAgents: 1 });
  await take("a");
  const giveUp = new AbortController();
  const waiting = take("b", {}, giveUp.signal);
  giveUp.abort(new Error("no longer wanted"));
  await expect(waiting).rejects.toThrow("no longer wanted");
  expect(pool.counts().waiting).toBe(0);
});

test("an agent with background tasks is not ended for another", async () => {
  const { agents, take, pool } = setUp({ maxAgents: 1 });
  const lease = await take("a");
  agents.all[0]!.emit({ type: "background", tasks: 1 });
  lease.release();
  const waiting = take("b");
  expect(pool.counts().waiting).toBe(1);
  agents.all[0]!.emit({ type: "background", tasks: 0 });
  await waiting;
  expect(agents.running().map((agent) => agent.spec.sessionId)).toEqual(["b"]);
});

test("a changed model or mode is applied to the running agent, anything else starts a new one", async () => {
  const { agents, take } = setUp();
  (await take("a")).release();
  (await take("a", { model: "opus", permissionMode: "plan" })).release();
  expect(agents.all).toHaveLength(1);
  expect(agents.all[0]!.commands).toEqual([
    { type: "set_model", model: "opus" },
    { type: "set_permission_mode", permissionMode: "plan" },
  ]);
  (await take("a", { model: "opus", permissionMode: "plan", systemPrompt: "Be brief." })).release();
  expect(agents.all).toHaveLength(2);
  expect(agents.peak()).toBe(1);
});

test("an idle agent is ended after its time", async () => {
  const { agents, take } = setUp({ idleTimeoutMs: 20 });
  (await take("a")).release();
  await expect.poll(() => agents.running()).toEqual([]);
});

test("a warmed agent takes the message that follows, and ends when none comes", async () => {
  const { agents, take, pool } = setUp({ warmTimeoutMs: 30 });
  pool.warm("a", spec("a"));
  pool.warm("a", spec("a"));
  (await take("a")).release();
  expect(agents.all).toHaveLength(1);
  pool.warm("b", spec("b"));
  await expect.poll(() => agents.running().map((agent) => agent.spec.sessionId)).toEqual(["a"]);
});

test("a warm start takes the place of an idle agent, never of a busy one", async () => {
  const { agents, take, pool } = setUp({ maxAgents: 1 });
  const busy = await take("a");
  pool.warm("b", spec("b"));
  expect(agents.running().map((agent) => agent.spec.sessionId)).toEqual(["a"]);
  busy.release();
  pool.warm("b", spec("b"));
  await expect.poll(() => agents.running().map((agent) => agent.spec.sessionId)).toEqual(["b"]);
  expect(agents.peak()).toBe(1);
});

test("an agent that died is replaced at the next turn", async () => {
  const { agents, take } = setUp();
  (await take("a")).release();
  agents.all[0]!.exit({ code: "claude_crashed", detail: "exit 1" });
  (await take("a")).release();
  expect(agents.all).toHaveLength(2);
});

test("what an agent says unasked reaches its conversation, and the next turn waits for its end", async () => {
  const { agents, take, unprompted } = setUp();
  (await take("a")).release();
  const agent = agents.all[0]!;
  agent.emit({ type: "turn_started", turnId: undefined });
  let taken = false;
  const next = take("a").then((lease) => {
    taken = true;
    return lease;
  });
  agent.emit({ type: "text", text: "the build is done", inSubagent: false });
  expect(taken).toBe(false);
  agent.emit({
    type: "turn_ended",
    turnId: undefined,
    end: EMPTY_END,
  });
  await next;
  expect(unprompted).toEqual([
    ["a", "turn_started"],
    ["a", "text"],
    ["a", "turn_ended"],
  ]);
});

test("stop ends every agent and lets nobody wait", async () => {
  const { agents, take, pool } = setUp({ maxAgents: 1 });
  await take("a");
  const waiting = expect(take("b")).rejects.toThrow("stopped");
  await pool.stop();
  await waiting;
  expect(agents.running()).toEqual([]);
  await expect(take("c")).rejects.toThrow("stopped");
});

test("words that nobody asked for do not end the turn that waits behind them", async () => {
  const { agents, take, unprompted } = setUp();
  const lease = await take("a");
  const agent = agents.all[0]!;
  const heard: string[] = [];
  const end = lease.run({
    turnId: "t1",
    prompt: [{ type: "text", text: "hello" }],
    stallTimeoutMs: 60_000,
    interruptGraceMs: 10,
    signal: new AbortController().signal,
    onEvent: (event) => heard.push(event.type),
  });
  agent.emit({ type: "turn_started", turnId: undefined });
  agent.emit({ type: "text", text: "the build is done", inSubagent: false });
  agent.emit({ type: "turn_ended", turnId: undefined, end: EMPTY_END });
  agent.answer("hello to you");
  expect(await end).toMatchObject({ text: "hello to you" });
  expect(heard).toEqual(["turn_started", "text"]);
  expect(unprompted.map(([, type]) => type)).toEqual(["turn_started", "text", "turn_ended"]);
});

test("an agent that is ended since it did not hear an interrupt in time serves no further turn", async () => {
  const { agents, take } = setUp({}, { ignoresStop: true });
  const lease = await take("a");
  const agent = agents.all[0]!;
  const end = lease.run({
    turnId: "t1",
    prompt: [{ type: "text", text: "hello" }],
    stallTimeoutMs: 10,
    interruptGraceMs: 10,
    signal: new AbortController().signal,
    onEvent: () => {},
  });
  await expect.poll(() => agent.commands.map(({ type }) => type)).toEqual(["turn", "interrupt", "stop"]);
  // Its last words come while it ends.
  agent.emit({ type: "turn_ended", turnId: "t1", end: { ...EMPTY_END, outcome: "interrupted" } });
  expect(await end).toMatchObject({ outcome: "failed", failure: { code: "stalled" } });
  lease.release();
  const next = take("a");
  agent.exit();
  await next;
  expect(agents.all).toHaveLength(2);
});

test("after an update of the CLI an idle agent of the old one gives way at the next turn", async () => {
  const { agents, take, installed } = setUp();
  (await take("a")).release();
  installed.program = "claude 2";
  (await take("a")).release();
  (await take("a")).release();
  expect(agents.all).toHaveLength(2);
  expect(agents.running()).toHaveLength(1);
});

test("a live agent is told what its session is called, at once or with the next turn", async () => {
  const { agents, pool, take } = setUp();
  (await take("a")).release();
  pool.rename("a", "a", "Login");
  pool.rename("a", "another session", "Not this one");
  pool.rename("b", "b", "Nobody there");
  (await take("a", { title: "Login" })).release();
  (await take("a", { title: "Sign-up" })).release();
  const named = agents.all
    .flatMap(({ commands }) => commands)
    .filter(({ type }) => type === "rename_session");
  expect(named).toEqual([
    { type: "rename_session", title: "Login" },
    { type: "rename_session", title: "Sign-up" },
  ]);
  expect(agents.all).toHaveLength(1);
});

test("an agent is busy while a turn or a background task runs", async () => {
  const { agents, pool, take } = setUp();
  expect(pool.isBusy("a")).toBe(false);
  const lease = await take("a");
  expect(pool.isBusy("a")).toBe(true);
  lease.release();
  expect(pool.isBusy("a")).toBe(false);
  agents.all[0]?.emit({ type: "background", tasks: 1 });
  expect(pool.isBusy("a")).toBe(true);
});

test("what is taken back is asked about at once, and an agent that knew it serves no further turn", async () => {
  const { agents, pool, take } = setUp();
  const lease = await take("a");
  pool.restrict("a", { rules: ["Bash(rm *)"], permissionMode: "default" });
  pool.restrict("a", { rules: ["Edit"], permissionMode: "plan" });
  expect(agents.all[0]?.commands).toEqual([
    { type: "ask_again", rules: ["Bash(rm *)"] },
    { type: "ask_again", rules: ["Bash(rm *)", "Edit"] },
    { type: "set_permission_mode", permissionMode: "plan" },
  ]);
  expect(agents.running()).toHaveLength(1);
  lease.release();
  (await take("a")).release();
  expect(agents.all).toHaveLength(2);
  pool.restrict("a", { rules: ["Edit"], permissionMode: "default" });
  await expect.poll(() => agents.running()).toEqual([]);
  pool.restrict("nobody's", { rules: ["Edit"], permissionMode: "default" });
});

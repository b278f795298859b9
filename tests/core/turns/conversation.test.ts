import { expect, onTestFinished, test } from "vitest";
import { NO_GRANTS, type SessionGrants } from "../../../src/core/access/grants.ts";
import type { PermissionAnswer } from "../../../src/core/agents/agent.ts";
import { createAgentPool } from "../../../src/core/agents/agent-pool.ts";
import { agentSpec } from "../../../src/core/agents/agent-spec.ts";
import { NO_MATERIAL } from "../../../src/core/messages/material.ts";
import type { Project } from "../../../src/core/projects/project.ts";
import type { Redactor } from "../../../src/core/secrets/redactor.ts";
import { createConversation } from "../../../src/core/turns/conversation.ts";
import type { PermissionRequest } from "../../../src/core/turns/prompts.ts";
import { type Reply, Undeliverable } from "../../../src/core/turns/reply.ts";
import { EMPTY_END as NO_ANSWER, type Turn, type TurnEnd } from "../../../src/core/turns/turn.ts";
import { createLedger } from "../../../src/sqlite/ledger.ts";
import { createSessionStore } from "../../../src/sqlite/sessions.ts";
import { storageTrouble } from "../../../src/sqlite/storage-trouble.ts";
import { testDatabase } from "../../support/database.ts";
import { createFakeAgents, EMPTY_END, type FakeAgentsOptions } from "../../support/fake-agents.ts";
import { NO_SECRETS } from "../../support/no-secrets.ts";

const project: Project = {
  name: "web",
  channelId: "10",
  projectDir: "/srv/web",
  allowedTools: [],
  model: "sonnet",
  systemPrompt: undefined,
  permissionMode: "default",
  mention: "required",
  threads: "isolate",
  access: undefined,
};

interface Question {
  readonly request: PermissionRequest;
  readonly turn: Turn;
  readonly answer: (answer: PermissionAnswer) => void;
}

/** A conversation on a real database, with agents and a channel that the test plays. */
function setUp(
  options: FakeAgentsOptions & {
    deliver?: (turn: Turn, end: TurnEnd) => Promise<void>;
    redactor?: Redactor;
  } = {},
) {
  const db = testDatabase();
  const ledger = createLedger(db, Date.now);
  const sessions = createSessionStore(db, Date.now);
  const agents = createFakeAgents(options);
  const shown: string[] = [];
  const reports: string[] = [];
  const troubles: string[] = [];
  const clock = { passedMs: 0 };
  const configured: { project: Project | undefined; grants: SessionGrants; breaksQuestions: boolean } = {
    project,
    grants: NO_GRANTS,
    breaksQuestions: false,
  };
  const questions: Question[] = [];
  const closed: string[] = [];
  let ids = 0;
  const pool = createAgentPool({
    startAgent: agents.start,
    limits: () => ({
      maxAgents: 2,
      idleTimeoutMs: 60_000,
      warmTimeoutMs: 60_000,
      stallTimeoutMs: 60_000,
      afterTasksMs: 5,
      stopGraceMs: 10,
    }),
    onUnprompted: (_, event, sessionId) => current.unprompted(event, sessionId),
    now: Date.now,
  });
  onTestFinished(() => pool.stop());

  let process = { isAlive: true };
  const open = () => {
    const own = process;
    return createConversation("10", {
      ledger: whileAlive(ledger, own),
      sessions,
      agents: pool,
      openReply: (turn): Reply => ({
        begin: () => {},
        waits: () => {},
        show: () => {},
        askToContinue: async (tool) => void shown.push(`${turn.prompt} cut short in ${tool}`),
        hold: async () => void shown.push(`${turn.prompt} is held`),
        refused: async () => void shown.push(`${turn.prompt} is refused`),
        withdraw: async () => void shown.push(`${turn.prompt} is withdrawn`),
        leave: async () => void shown.push(`${turn.prompt} is left`),
        finish: async (end) => {
          if (!own.isAlive) return;
          await options.deliver?.(turn, end);
          shown.push(`${turn.prompt}: ${end.failureCode ?? end.outcome} ${end.answer}`.trim());
        },
      }),
      prepare: async (known) => known,
      promptOf: async ({ prompt }) => [{ type: "text", text: prompt }],
      stillAllowed: async () => undefined,
      budgetHold: () => undefined,
      gatherFiles: async () => {},
      questions: {
        open: (request, turn, answer) => {
          if (configured.breaksQuestions) throw new Error("a bug");
          questions.push({ request, turn, answer });
        },
        withdraw: (requestId) => shown.push(`${requestId} is withdrawn`),
        closeTurn: (turnId) => closed.push(turnId),
      },
      grants: () => configured.grants,
      project: () => configured.project,
      timing: () => ({ stallTimeoutMs: 60_000, interruptGraceMs: 10 }),
      redactor: options.redactor ?? NO_SECRETS,
      secretFound: (place) => `error-${reports.push(`a secret in ${place}`)}`,
      toolLine: (name, input) => `${name} ${String(input.command ?? "")}`,
      newId: () => `id-${++ids}`,
      now: () => Date.now() + clock.passedMs,
      report: (what) => `error-${reports.push(what)}`,
      storageTrouble: (error) => troubles.push(storageTrouble(error) ?? "a bug") > 0,
    });
  };
  let current = open();
  const accept = (prompt: string) => {
    ledger.accept(newTurn(prompt));
    current.wake();
  };
  return {
    conversation: () => current,
    idle: () => current.idle(),
    /** What kill -9 leaves: agents gone, and only what the database holds. */
    crash: (fate: "continue" | "ask" = "continue") => {
      process.isAlive = false;
      process = { isAlive: true };
      current = open();
      for (const agent of agents.running()) agent.exit();
      const cutShort: Turn[] = [];
      ledger.recover((turn) => {
        cutShort.push(turn);
        return { fate };
      });
      return cutShort;
    },
    accept,
    ledger,
    sessions,
    agents,
    pool,
    shown,
    reports,
    troubles,
    clock,
    db,
    configured,
    questions,
    closed,
  };
}

function newTurn(prompt: string) {
  return {
    id: `turn-${prompt}`,
    conversationId: "10",
    guildId: "100",
    projectName: "web",
    messageId: `message-${prompt}`,
    authorId: "1",
    authorName: "ann",
    prompt,
  };
}

/** A process that was killed writes nothing more, though its promises go on in this one. */
function whileAlive<T extends object>(store: T, process: { isAlive: boolean }): T {
  return new Proxy(store, {
    get: (target, name) => (process.isAlive ? Reflect.get(target, name) : () => undefined),
  });
}

test("turns are answered one at a time, in the order of their messages", async () => {
  const { accept, idle, shown, agents, ledger } = setUp({
    onTurn: (agent, _, prompt) => agent.answer(`re ${prompt}`),
  });
  for (const prompt of ["a", "b", "c"]) accept(prompt);
  await idle();
  expect(shown).toEqual(["a: answered re a", "b: answered re b", "c: answered re c"]);
  expect(agents.all).toHaveLength(1);
  expect(ledger.turn("turn-b")?.state).toBe("answered");
});

test("the next turn runs while an answer waits for Discord, and its answer comes after it", async () => {
  let discordIsBack: () => void = () => {};
  const away = new Promise<void>((resolve) => {
    discordIsBack = resolve;
  });
  const { accept, idle, shown, ledger } = setUp({
    onTurn: (agent, _, prompt) => agent.answer(prompt),
    deliver: (turn) => (turn.prompt === "a" ? away : Promise.resolve()),
  });
  accept("a");
  accept("b");
  await expect.poll(() => ledger.turn("turn-b")?.state).toBe("delivering");
  expect(shown).toEqual([]);
  discordIsBack();
  await idle();
  expect(shown).toEqual(["a: answered a", "b: answered b"]);
});

/** Two other conversations have both agents, so that a turn here waits for one. */
async function withoutFreeAgent(set: ReturnType<typeof setUp>): Promise<() => void> {
  const spec = { ...agentSpecOf(), conversationId: "20" };
  const leases = await Promise.all(
    ["20", "30"].map((conversationId) =>
      set.pool.take(
        conversationId,
        { ...spec, conversationId, sessionId: `other-${conversationId}` },
        { signal: new AbortController().signal, onWait: () => {} },
      ),
    ),
  );
  return () => {
    for (const lease of leases) lease.release();
  };
}

function agentSpecOf() {
  const session = {
    conversationId: "20",
    projectName: "web",
    sessionId: "other",
    started: false,
    messageCount: 0,
    lastActiveMs: 0,
    costUsd: 0,
    generation: 0,
    title: undefined,
    forkOf: undefined,
  };
  return agentSpec(session, project, { rules: [], directories: [], acceptsEdits: false }, false);
}

test("an edit counts until the moment in which an agent takes the turn", async () => {
  const set = setUp({ onTurn: (agent, _, prompt) => agent.answer(`re ${prompt}`) });
  const release = await withoutFreeAgent(set);
  set.accept("a");
  await expect.poll(() => set.ledger.turn("turn-a")?.state).toBe("queued");
  set.ledger.revise("turn-a", { prompt: "b", material: NO_MATERIAL, editedAtMs: 1 });
  set.conversation().revised("turn-a");
  release();
  await set.idle();
  expect(set.shown).toEqual(["a: answered re b"]);
});

test("a turn that waits for an agent runs in the session that is current when it gets one", async () => {
  const set = setUp({ onTurn: (agent, _, prompt) => agent.answer(`re ${prompt}`) });
  const first = set.sessions.currentOrNew("10", "web", "first");
  set.sessions.reset("10", "test");
  const release = await withoutFreeAgent(set);
  set.accept("a");
  await expect.poll(() => set.ledger.turn("turn-a")?.state).toBe("queued");
  set.sessions.resume("10", first.sessionId, "resumed");
  release();
  await set.idle();
  expect(set.shown).toEqual(["a: answered re a"]);
  expect(set.ledger.turn("turn-a")).toMatchObject({ sessionId: "first", generation: 2 });
  expect(set.sessions.current("10")).toMatchObject({ sessionId: "first", messageCount: 1 });
});

test("a turn that ends after its session gave way changes nothing in the one that took its place", async () => {
  const set = setUp();
  const before = set.sessions.currentOrNew("10", "web", "before");
  set.sessions.reset("10", "test");
  set.accept("a");
  await expect.poll(() => set.ledger.turn("turn-a")?.state).toBe("running");
  const own = set.sessions.current("10");
  set.sessions.resume("10", before.sessionId, "resumed");
  set.agents.all[0]?.answer("re a", { sessionCostUsd: 0.5 });
  await set.idle();
  expect(set.shown).toEqual(["a: answered re a"]);
  expect(set.sessions.current("10")).toMatchObject({ sessionId: "before", messageCount: 0, costUsd: 0 });
  expect(set.ledger.turn("turn-a")).toMatchObject({ sessionId: own?.sessionId });
});

test("what the agent of a session that gave way says by itself is no part of the new one", async () => {
  const set = setUp({ onTurn: (agent, _, prompt) => agent.answer(`re ${prompt}`) });
  set.accept("a");
  await set.idle();
  set.sessions.reset("10", "test");
  set.sessions.currentOrNew("10", "web", "new");
  const [agent] = set.agents.all;
  agent?.emit({ type: "turn_started", turnId: undefined });
  agent?.emit({ type: "text", text: "the build is done", inSubagent: false });
  agent?.emit({ type: "turn_ended", turnId: undefined, end: { ...EMPTY_END, sessionCostUsd: 3 } });
  await set.idle();
  expect(set.shown).toEqual(["a: answered re a"]);
  expect(set.sessions.current("10")).toMatchObject({ sessionId: "new", costUsd: 0 });
});

test("a turn that is withdrawn while it waits for an agent never runs, and leaves nothing standing", async () => {
  const set = setUp({ onTurn: (agent, _, prompt) => agent.answer(`re ${prompt}`) });
  const release = await withoutFreeAgent(set);
  set.accept("a");
  set.accept("b");
  await expect.poll(() => set.ledger.turn("turn-a")?.state).toBe("queued");
  expect(set.ledger.move("turn-a", "withdraw")).toBe(true);
  set.conversation().revised("turn-a");
  release();
  await expect.poll(() => set.ledger.turn("turn-b")?.state).toBe("answered");
  await set.idle();
  expect(set.shown).toEqual(["a is withdrawn", "b: answered re b"]);
  expect(set.ledger.turn("turn-a")).toMatchObject({ state: "cancelled", attempts: 0 });
});

test("a question that is deleted after a crash is taken away, and the next turn runs", async () => {
  const { accept, idle, ledger, shown, crash, conversation, agents } = setUp({
    onTurn: (agent, _, prompt) => {
      if (prompt !== "a") agent.answer(`re ${prompt}`);
    },
  });
  accept("a");
  await expect.poll(() => ledger.turn("turn-a")?.state).toBe("running");
  expect(agents.all).toHaveLength(1);
  crash();
  ledger.await("turn-a", "restart");
  accept("b");
  await expect.poll(() => shown).toEqual(["a cut short in "]);
  ledger.move("turn-a", "withdraw");
  conversation().revised("turn-a");
  await expect.poll(() => ledger.turn("turn-b")?.state).toBe("answered");
  await idle();
  expect(shown).toEqual(["a cut short in ", "a is withdrawn", "b: answered re b"]);
});

test("a channel that is gone ends the turn as failed, once", async () => {
  const { accept, idle, ledger, reports } = setUp({
    onTurn: (agent) => agent.answer("x"),
    deliver: () => Promise.reject(new Undeliverable("Unknown Channel")),
  });
  accept("a");
  await idle();
  expect(ledger.turn("turn-a")?.state).toBe("failed");
  expect(reports).toHaveLength(1);
});

test("an answer that could not be sent is sent by the next daemon, without asking Claude again", async () => {
  let works = false;
  const { accept, idle, conversation, crash, ledger, shown, agents } = setUp({
    onTurn: (agent) => agent.answer("x"),
    deliver: () => (works ? Promise.resolve() : new Promise(() => {})),
  });
  accept("a");
  await expect.poll(() => ledger.turn("turn-a")?.state).toBe("delivering");
  works = true;
  crash();
  conversation().wake();
  await idle();
  expect(shown).toEqual(["a: answered x"]);
  expect(agents.all).toHaveLength(1);
});

test("an answer that can't be shown for a mistake of ours ends as failed with an id, and the next is shown", async () => {
  const { accept, idle, ledger, shown, reports } = setUp({
    onTurn: (agent) => agent.answer("x"),
    deliver: ({ prompt }) => (prompt === "a" ? Promise.reject(new TypeError("a bug")) : Promise.resolve()),
  });
  accept("a");
  accept("b");
  await idle();
  expect(shown).toEqual(["a is refused", "b: answered x"]);
  expect(reports).toEqual(["the answer could not be delivered"]);
  expect(ledger.turn("turn-a")).toMatchObject({
    state: "failed",
    end: { failureCode: "undeliverable", errorId: "error-1" },
  });
});

test("the end of a turn that did not run is told once, and after what an earlier daemon had not delivered", async () => {
  let works = false;
  const { accept, idle, conversation, crash, ledger, shown } = setUp({
    onTurn: (agent) => agent.answer("x"),
    deliver: () => (works ? Promise.resolve() : new Promise(() => {})),
  });
  accept("a");
  await expect.poll(() => ledger.turn("turn-a")?.state).toBe("delivering");
  works = true;
  crash();
  conversation().tell(ledger.record(newTurn("b"), { ...NO_ANSWER, outcome: "expired" })!);
  accept("c");
  await idle();
  expect(shown).toEqual(["a: answered x", "b: expired", "c: answered x"]);
});

test("what waits runs once it is known whether it is still wanted", async () => {
  const { accept, idle, conversation, shown, ledger } = setUp({
    onTurn: (agent, _, prompt) => agent.answer(prompt),
  });
  const review = Promise.withResolvers<void>();
  conversation().resume(review.promise);
  accept("a");
  accept("b");
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(ledger.turn("turn-a")?.state).toBe("accepted");
  ledger.move("turn-a", "withdraw");
  review.resolve();
  await idle();
  expect(shown).toEqual(["b: answered b"]);
});

test("a session that can't be resumed is replaced, and the answer says that the context is gone", async () => {
  const { accept, idle, sessions, agents, ledger, pool } = setUp({
    onTurn: (agent, _, prompt) => {
      if (agent.spec.resume) agent.exit({ code: "session_unknown", detail: "No conversation found" });
      else agent.answer(`re ${prompt}`);
    },
  });
  accept("a");
  await idle();
  const before = sessions.current("10");
  expect(before).toMatchObject({ messageCount: 1, started: true });
  await pool.end("10");
  accept("b");
  await idle();
  expect(agents.all.map(({ spec }) => spec.resume)).toEqual([false, true, false]);
  expect(ledger.turn("turn-b")?.end).toMatchObject({
    outcome: "answered",
    answer: "re b",
    notes: [{ type: "context_lost" }],
  });
  expect(sessions.current("10")?.sessionId).not.toBe(before?.sessionId);
});

test("a session that the CLI has and the database did not see start is resumed, without a word", async () => {
  const { accept, idle, agents, ledger } = setUp({
    onTurn: (agent) => {
      if (agent.spec.resume) agent.answer("hello again");
      else agent.exit({ code: "session_exists", detail: "Session ID … is already in use" });
    },
  });
  accept("a");
  await idle();
  expect(agents.all.map(({ spec }) => spec.resume)).toEqual([false, true]);
  expect(ledger.turn("turn-a")?.end).toMatchObject({ outcome: "answered", answer: "hello again", notes: [] });
});

test("a turn that no agent had begun when the daemon died is asked: what could be taken up is another one", async () => {
  const { accept, idle, conversation, crash, agents, shown } = setUp();
  accept("a");
  await expect.poll(() => agents.all[0]?.commands).toHaveLength(1);
  agents.all[0]!.answer("hello");
  accept("b");
  await expect.poll(() => agents.all[0]?.commands).toHaveLength(2);
  crash();
  conversation().wake();
  await expect.poll(() => agents.all[1]?.commands).toMatchObject([{ type: "turn", turnId: "turn-b" }]);
  expect(agents.all[1]!.spec).toMatchObject({ resume: true, continueInterrupted: false });
  agents.all[1]!.answer("hello again");
  await idle();
  expect(shown.at(-1)).toBe("b: answered hello again");
});

test("a turn that ran when the daemon died is taken up in its session", async () => {
  const { accept, idle, conversation, crash, agents, shown } = setUp();
  accept("a");
  await expect.poll(() => agents.all[0]?.commands.map(({ type }) => type)).toEqual(["turn"]);
  agents.all[0]!.emit({ type: "turn_started", turnId: "turn-a" });
  crash();
  conversation().wake();
  await expect.poll(() => agents.all).toHaveLength(2);
  const again = agents.all[1]!;
  expect(again.spec).toMatchObject({ resume: true, continueInterrupted: true });
  // The CLI runs it once, whether it takes it up by itself or from the command.
  await expect.poll(() => again.commands).toMatchObject([{ type: "turn", turnId: "turn-a" }]);
  again.answer("done after all");
  await idle();
  expect(shown.at(-1)).toBe("a: answered done after all");
});

test("a question that the CLI had finished before the crash is asked again under a new id", async () => {
  const { accept, idle, agents, shown } = setUp({
    onTurn: (agent, turnId, prompt) => {
      if (turnId === "turn-a") agent.fail({ code: "turn_already_taken", detail: "" });
      else agent.answer(prompt);
    },
  });
  accept("a");
  await idle();
  expect(agents.all).toHaveLength(1);
  expect(shown[0]).toMatch(/^a: answered Your last answer did not arrive/);
});

test("a usage limit holds the turn, and those behind it, until it lifts", async () => {
  let limited = true;
  const resetsAtMs = Date.now() - 700;
  const { accept, idle, shown, ledger } = setUp({
    onTurn: (agent, _, prompt) => {
      if (limited) agent.fail({ code: "usage_limit", detail: "5-hour limit", resetsAtMs });
      else agent.answer(prompt);
      limited = false;
    },
  });
  accept("a");
  accept("b");
  await idle();
  expect(ledger.turn("turn-a")).toMatchObject({ state: "queued" });
  // The stagger of this conversation is 1 s, so the hold ends soon after the time that the limit names.
  await expect.poll(() => shown.length, { timeout: 5_000 }).toBe(3);
  expect(shown).toEqual(["a is held", "a: answered a", "b: answered b"]);
});

test("an agent that dies fails the turn with an error id, and the next turn gets a new one", async () => {
  const { accept, idle, shown, agents, ledger } = setUp({
    onTurn: (agent, _, prompt) => {
      if (prompt === "a") agent.exit({ code: "claude_crashed", detail: "exit code 3" });
      else agent.answer("fine");
    },
  });
  accept("a");
  accept("b");
  await idle();
  expect(shown).toEqual(["a: claude_crashed", "b: answered fine"]);
  expect(ledger.turn("turn-a")?.end?.errorId).toBe("error-1");
  expect(agents.peak()).toBe(1);
});

test("an agent that dies before it takes the question up is replaced, once; one that had begun is not", async () => {
  const deaths: string[] = [];
  const { accept, idle, shown } = setUp({
    onTurn: (agent, turnId, prompt) => {
      if (deaths.includes(prompt)) return agent.answer("fine");
      deaths.push(prompt);
      if (prompt === "begun") agent.emit({ type: "turn_started", turnId });
      agent.exit({ code: "claude_crashed", detail: "signal SIGKILL" });
    },
  });
  accept("killed");
  accept("begun");
  await idle();
  expect(shown).toEqual(["killed: answered fine", "begun: claude_crashed"]);
});

test("an interrupted turn ends as cancelled with what was said so far", async () => {
  const { accept, idle, conversation, agents, ledger } = setUp();
  expect(conversation().interrupt()).toBe(false);
  accept("a");
  await expect.poll(() => agents.all[0]?.commands.length).toBe(1);
  const agent = agents.all[0]!;
  agent.emit({ type: "text", text: "half", inSubagent: false });
  expect(conversation().interrupt()).toBe(true);
  expect(agent.commands.at(-1)).toEqual({ type: "interrupt" });
  agent.emit({ type: "turn_ended", turnId: "turn-a", end: { ...EMPTY_END, outcome: "interrupted" } });
  await idle();
  expect(ledger.turn("turn-a")?.end).toMatchObject({ outcome: "cancelled", answer: "half" });
});

test("a turn whose project is no longer configured says so", async () => {
  const { accept, idle, shown, configured } = setUp();
  configured.project = undefined;
  accept("a");
  await idle();
  expect(shown).toEqual(["a: project_gone"]);
});

test("what the agent says unasked is delivered as an answer of its own", async () => {
  const { accept, idle, agents, shown, sessions } = setUp({ onTurn: (agent) => agent.answer("started it") });
  accept("build");
  await idle();
  const agent = agents.all[0]!;
  agent.emit({ type: "turn_started", turnId: undefined });
  agent.emit({ type: "text", text: "the build is done", inSubagent: false });
  agent.emit({ type: "turn_ended", turnId: undefined, end: { ...EMPTY_END, sessionCostUsd: 2 } });
  await idle();
  expect(shown).toEqual(["build: answered started it", ": answered the build is done"]);
  expect(sessions.current("10")).toMatchObject({ messageCount: 1, costUsd: 2 });
});

const REQUEST: PermissionRequest = {
  type: "permission_requested",
  requestId: "r1",
  toolUseId: "u1",
  toolName: "Bash",
  input: {},
  suggestions: [],
};

test("a request for permission goes to people, and their answer to the agent; the turn's end closes it", async () => {
  const { accept, idle, agents, questions, closed } = setUp();
  accept("a");
  await expect.poll(() => agents.all[0]?.commands.length).toBe(1);
  const agent = agents.all[0]!;
  agent.emit(REQUEST);
  expect(questions).toMatchObject([{ request: REQUEST, turn: { id: "turn-a" } }]);
  questions[0]!.answer({ behavior: "deny", message: "no" });
  expect(agent.commands.at(-1)).toEqual({
    type: "answer",
    requestId: "r1",
    answer: { behavior: "deny", message: "no" },
  });
  expect(closed).toEqual([]);
  agent.answer("then not");
  await idle();
  expect(closed).toEqual(["turn-a"]);
});

test("an answer names the tools that were denied without asking anyone, and no others", async () => {
  const { accept, idle, agents, ledger } = setUp();
  accept("a");
  await expect.poll(() => agents.all[0]?.commands.length).toBe(1);
  const agent = agents.all[0]!;
  agent.emit(REQUEST);
  agent.answer("then not", {
    deniedTools: [
      { name: "Bash", toolUseId: REQUEST.toolUseId },
      { name: "WebFetch", toolUseId: "u2" },
    ],
  });
  await idle();
  expect(ledger.turn("turn-a")?.end?.notes).toEqual([{ type: "tools_denied", tools: ["WebFetch"] }]);
});

test("under bypassPermissions nobody is asked but by Claude's own questions", async () => {
  const { accept, idle, agents, questions, configured } = setUp();
  configured.project = { ...project, permissionMode: "bypassPermissions" };
  accept("a");
  await expect.poll(() => agents.all[0]?.commands.length).toBe(1);
  const agent = agents.all[0]!;
  agent.emit(REQUEST);
  expect(agent.commands.at(-1)).toEqual({ type: "answer", requestId: "r1", answer: { behavior: "allow" } });
  agent.emit({ ...REQUEST, requestId: "r2", toolName: "AskUserQuestion" });
  expect(questions.map(({ request }) => request.requestId)).toEqual(["r2"]);
  agent.answer("done");
  await idle();
});

test("an agent that goes on by itself may ask too", async () => {
  const { accept, idle, agents, questions, closed } = setUp({
    onTurn: (agent) => agent.answer("started it"),
  });
  accept("build");
  await idle();
  const agent = agents.all[0]!;
  agent.emit({ type: "turn_started", turnId: undefined });
  agent.emit(REQUEST);
  questions[0]!.answer({ behavior: "allow" });
  expect(agent.commands.at(-1)).toEqual({ type: "answer", requestId: "r1", answer: { behavior: "allow" } });
  agent.emit({ type: "turn_ended", turnId: undefined, end: EMPTY_END });
  expect(closed).toEqual(["turn-build", "turn-build"]);
});

test("what people allowed for the session is given to the agent", async () => {
  const { accept, idle, agents, configured } = setUp({ onTurn: (agent) => agent.answer("ok") });
  configured.grants = { rules: ["Bash(npm test *)"], directories: ["../docs"], acceptsEdits: true };
  accept("a");
  await idle();
  expect(agents.all[0]?.spec).toMatchObject({
    permissionMode: "acceptEdits",
    allowedTools: [],
    granted: { rules: ["Bash(npm test *)"], directories: ["../docs"] },
  });
});

test("a turn whose tool was cut short waits for a person, and goes on when told", async () => {
  const { accept, idle, conversation, crash, agents, shown, ledger } = setUp();
  accept("a");
  await expect.poll(() => agents.all[0]?.commands.length).toBe(1);
  const agent = agents.all[0]!;
  const use = { type: "tool_use", parentToolUseId: undefined } as const;
  agent.emit({ type: "turn_started", turnId: "turn-a" });
  agent.emit({ ...use, toolUseId: "u1", name: "Read", input: {} });
  agent.emit({ ...use, toolUseId: "u2", name: "Bash", input: { command: "npm publish" } });
  expect(crash("ask")).toMatchObject([
    { id: "turn-a", crashes: 1, openTool: "Bash npm publish", state: "queued" },
  ]);
  accept("b");
  await idle();
  expect(shown).toEqual(["a cut short in Bash npm publish"]);
  expect(agents.all).toHaveLength(1);

  ledger.await("turn-a", undefined);
  conversation().wake();
  await expect.poll(() => agents.all[1]?.commands.length).toBe(1);
  agents.all[1]!.answer("published");
  await expect.poll(() => agents.all[1]?.commands.length).toBe(2);
  agents.all[1]!.answer("and b");
  await idle();
  expect(shown.slice(1)).toEqual(["a: answered published", "b: answered and b"]);
});

test("closing lets the running turn end and starts no other", async () => {
  const { accept, conversation, agents, shown, ledger } = setUp();
  accept("a");
  accept("b");
  await expect.poll(() => agents.all[0]?.commands.length).toBe(1);
  const closed = conversation().close(new AbortController().signal);
  agents.all[0]!.answer("done");
  await closed;
  expect(shown).toEqual(["a: answered done"]);
  expect(ledger.turn("turn-b")?.state).toBe("accepted");
});

test("closing by force leaves the running turn for the next start", async () => {
  const { accept, conversation, agents, shown, ledger } = setUp();
  accept("a");
  await expect.poll(() => agents.all[0]?.commands.length).toBe(1);
  await conversation().close(AbortSignal.abort());
  expect(shown).toEqual(["a is left"]);
  expect(agents.running()).toEqual([]);
  // Waiting, not running: a daemon that was stopped on purpose is no crash.
  expect(ledger.turn("turn-a")).toMatchObject({ state: "queued", attempts: 1 });
});

test("a turn that waits for a free agent is let go as well", async () => {
  const { accept, conversation, pool, shown, ledger } = setUp();
  const take = (name: string) =>
    pool.take(
      name,
      {
        sessionId: name,
        conversationId: "10",
        resume: false,
        continueInterrupted: false,
        projectDir: "/",
        model: undefined,
        allowedTools: [],
        systemPrompt: undefined,
        permissionMode: "default",
      },
      { signal: new AbortController().signal, onWait: () => {} },
    );
  await take("other");
  await take("another");
  accept("a");
  await expect.poll(() => ledger.turn("turn-a")?.state).toBe("queued");
  await conversation().close(AbortSignal.abort());
  expect(shown).toEqual(["a is left"]);
  expect(ledger.turn("turn-a")?.state).toBe("queued");
});

test("an answer that finds the disk full is kept until there is room, and given once", async () => {
  const set = setUp({ onTurn: (agent) => agent.answer("long ".repeat(50_000)) });
  set.accept("a");
  set.db.pragma(`max_page_count = ${set.db.pragma("page_count", { simple: true })}`);
  await expect.poll(() => set.troubles).toContain("the disk is full");
  expect(set.ledger.turn("turn-a")?.state).not.toBe("answered");
  expect(set.shown).toEqual([]);
  set.db.pragma("max_page_count = 1000000");
  await expect.poll(() => set.ledger.turn("turn-a")?.state, { timeout: 10_000 }).toBe("answered");
  await set.idle();
  expect(set.shown).toHaveLength(1);
  expect(set.ledger.turn("turn-a")?.end?.answer).toHaveLength(250_000);
  expect(set.ledger.turn("turn-a")?.attempts).toBe(1);
  expect(set.reports).toEqual([]);
});

test("a full disk does not keep the daemon from stopping", async () => {
  const set = setUp({ onTurn: (agent) => agent.answer("long ".repeat(50_000)) });
  set.accept("a");
  set.db.pragma(`max_page_count = ${set.db.pragma("page_count", { simple: true })}`);
  await expect.poll(() => set.troubles).toContain("the disk is full");
  await set.conversation().close(AbortSignal.abort());
  set.db.pragma("max_page_count = 1000000");
  expect(set.ledger.unfinishedConversations()).toHaveLength(1);
  expect(set.shown).toEqual(["a is left"]);
});

test("turns keep their order and their ends when the clock jumps back", async () => {
  const { accept, idle, shown, clock, ledger } = setUp({
    onTurn: (agent, _, prompt) => agent.answer(`re ${prompt}`),
  });
  accept("a");
  await idle();
  clock.passedMs = -86_400_000;
  accept("b");
  accept("c");
  await idle();
  expect(shown).toEqual(["a: answered re a", "b: answered re b", "c: answered re c"]);
  expect(ledger.turn("turn-c")?.state).toBe("answered");
});

test("a reset while a turn waits for an agent counts: it runs in the session after it", async () => {
  const set = setUp({ onTurn: (agent, _, prompt) => agent.answer(`re ${prompt}`) });
  set.accept("a");
  await set.idle();
  await set.pool.end("10");
  const old = set.sessions.current("10");
  const release = await withoutFreeAgent(set);
  set.accept("b");
  await expect.poll(() => set.ledger.turn("turn-b")?.state).toBe("queued");
  set.sessions.reset("10", "reset in a shell");
  release();
  await set.idle();
  expect(set.shown).toEqual(["a: answered re a", "b: answered re b"]);
  const now = set.sessions.current("10");
  expect(now?.sessionId).not.toBe(old?.sessionId);
  expect(set.ledger.turn("turn-b")).toMatchObject({ attempts: 1, sessionId: now?.sessionId });
  const own = set.agents.all.filter(({ spec }) => spec.conversationId === "10");
  const asked = own.filter(({ commands }) => commands.some(({ type }) => type === "turn"));
  expect(asked.map(({ spec }) => spec.sessionId)).toEqual([old?.sessionId, now?.sessionId]);
});

test("a tool for which a person is still being asked has done nothing; one that was allowed may have", async () => {
  const { accept, agents, ledger, questions } = setUp();
  accept("a");
  await expect.poll(() => agents.all[0]?.commands.length).toBe(1);
  const agent = agents.all[0]!;
  const input = { command: "npm publish" };
  agent.emit({ type: "turn_started", turnId: "turn-a" });
  agent.emit({ type: "tool_use", parentToolUseId: undefined, toolUseId: "u1", name: "Bash", input });
  expect(ledger.turn("turn-a")?.openTool).toBe("Bash npm publish");
  const asked = { requestId: "r1", toolUseId: "u1", toolName: "Bash", input, suggestions: [] };
  agent.emit({ type: "permission_requested", ...asked });
  expect(ledger.turn("turn-a")?.openTool).toBeUndefined();
  questions[0]!.answer({ behavior: "allow" });
  expect(ledger.turn("turn-a")?.openTool).toBe("Bash npm publish");
  agent.emit({ type: "tool_result", toolUseId: "u1", isError: false, text: "" });
  expect(ledger.turn("turn-a")?.openTool).toBeUndefined();
});

test("a tool that the daemon's own end cuts short stays noted, though its agent still tells of its result", async () => {
  const { accept, agents, ledger, conversation } = setUp({ ignoresStop: true });
  accept("a");
  await expect.poll(() => agents.all[0]?.commands.length).toBe(1);
  const agent = agents.all[0]!;
  agent.emit({ type: "turn_started", turnId: "turn-a" });
  const input = { command: "npm publish" };
  agent.emit({ type: "tool_use", parentToolUseId: undefined, toolUseId: "u1", name: "Bash", input });
  const closed = conversation().close(AbortSignal.abort());
  agent.emit({ type: "tool_result", toolUseId: "u1", isError: true, text: "interrupted" });
  agent.exit();
  await closed;
  expect(ledger.turn("turn-a")).toMatchObject({ state: "queued", openTool: "Bash npm publish" });
});

test("a question that can't be put is denied, and the turn goes on", async () => {
  const { accept, agents, configured, shown, idle, troubles } = setUp();
  accept("a");
  await expect.poll(() => agents.all[0]?.commands.length).toBe(1);
  const agent = agents.all[0]!;
  agent.emit({ type: "turn_started", turnId: "turn-a" });
  configured.breaksQuestions = true;
  const asked = { requestId: "r1", toolUseId: "u1", toolName: "Bash", input: {}, suggestions: [] };
  agent.emit({ type: "permission_requested", ...asked });
  expect(agent.commands.at(-1)).toMatchObject({ type: "answer", answer: { behavior: "deny" } });
  agent.answer("done");
  await idle();
  expect(shown).toEqual(["a: answered done"]);
  expect(troubles).toHaveLength(1);
});

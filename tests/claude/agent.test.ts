import { randomUUID } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { getPriority, tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { claudeBench, fixtureAgent } from "../support/claude-bench.ts";

const command = fixtureAgent("answers-hello");

test("an agent is ready, runs a turn, and exits without a failure when it is asked to stop", async () => {
  const bench = await claudeBench({ command });
  const agent = bench.start();
  const end = await agent.ask("hi", "0c1b2a3d-0000-4000-8000-000000000001");
  await agent.stop();
  expect(end).toMatchObject({ outcome: "completed", text: "Hello." });
  expect(agent.events.filter((event) => event.type !== "alive")).toMatchObject([
    { type: "ready", version: "2.1.330", models: [{ value: "sonnet", displayName: "Sonnet" }] },
    { type: "turn_started", turnId: "0c1b2a3d-0000-4000-8000-000000000001" },
    { type: "text", text: "Hello." },
    { type: "turn_ended", turnId: "0c1b2a3d-0000-4000-8000-000000000001" },
    { type: "exited", failure: undefined },
  ]);
});

test("where the processor is short, an agent goes behind the daemon", async () => {
  const bench = await claudeBench({ command });
  const agent = bench.start();
  await agent.until("ready");
  expect(getPriority(agent.agent.pid)).toBeGreaterThan(getPriority());
});

test("turns that are sent at once run one after the other, in order", async () => {
  const bench = await claudeBench({ command });
  const agent = bench.start();
  await Promise.all([agent.ask("a", "turn-a"), agent.ask("b", "turn-b"), agent.ask("c", "turn-c")]);
  const steps = agent.events.flatMap((event) =>
    event.type === "turn_started" || event.type === "turn_ended" ? [`${event.type} ${event.turnId}`] : [],
  );
  expect(steps).toEqual([
    "turn_started turn-a",
    "turn_ended turn-a",
    "turn_started turn-b",
    "turn_ended turn-b",
    "turn_started turn-c",
    "turn_ended turn-c",
  ]);
});

test("a turn id that the agent had before fails at once, since the CLI would say nothing", async () => {
  const bench = await claudeBench({ command });
  const agent = bench.start();
  await agent.ask("hi", "turn-a");
  const taken = { outcome: "failed", failure: { code: "turn_already_taken" } };
  expect(await agent.ask("hi", "turn-a")).toMatchObject(taken);
  await Promise.all([agent.ask("hi", "turn-b"), agent.ask("hi", "turn-b")]);
  await agent.until("turn_ended", (event) => event.turnId === "turn-b" && event.end.outcome === "failed");
});

test("a turn that the transcript already holds fails as taken", async () => {
  const bench = await claudeBench({ command: fixtureAgent("swallows-turns") });
  expect(await bench.start().ask("hi")).toMatchObject({
    outcome: "failed",
    failure: { code: "turn_already_taken" },
  });
});

const standIn = join(import.meta.dirname, "../support/stand-in-claude.js");

test("a turn that a resumed agent takes up before it is asked for runs once", async () => {
  const bench = await claudeBench({ command: standIn });
  const sessionId = randomUUID();
  const first = bench.start({ sessionId });
  first.agent.send({
    type: "turn",
    turnId: "turn-a",
    prompt: [{ type: "text", text: "m1 lines=50 pace=20" }],
  });
  await first.until("preview");
  process.kill(first.agent.pid ?? 0, "SIGKILL");
  await first.agent.exited;
  const second = bench.start({ sessionId, resume: true, continueInterrupted: true });
  const [answered, next] = await Promise.all([second.ask("m1", "turn-a"), second.ask("m2", "turn-b")]);
  expect(answered).toMatchObject({ outcome: "completed", text: expect.stringContaining("m1 line 50 of 50") });
  expect(next).toMatchObject({ outcome: "completed", text: "m2 line 1 of 1" });
  expect(second.events.filter((event) => event.type === "turn_ended")).toHaveLength(2);
});

test("an interrupt that came too late for its turn does not meet the next one", async () => {
  const bench = await claudeBench({ command: fixtureAgent("interrupts-late") });
  const agent = bench.start();
  const first = agent.ask("a", "turn-a");
  await agent.until("turn_started", ({ turnId }) => turnId === "turn-a");
  agent.agent.send({ type: "interrupt" });
  expect(await first).toMatchObject({ outcome: "completed" });
  expect(await agent.ask("b", "turn-b")).toMatchObject({ outcome: "completed", text: "Done." });
});

test("a turn that waits for a start is interrupted without being asked", async () => {
  const bench = await claudeBench({ command });
  const agent = bench.start();
  const end = agent.ask("hi");
  agent.agent.send({ type: "interrupt" });
  expect((await end).outcome).toBe("interrupted");
  await agent.until("ready");
  await agent.stop();
  expect(agent.events.some((event) => event.type === "turn_started")).toBe(false);
});

test("a stop right after the start leaves nothing running and is no failure", async () => {
  const bench = await claudeBench({ command });
  const agent = bench.start();
  await agent.stop();
  expect(agent.events).toEqual([{ type: "exited", failure: undefined }]);
});

const DEATHS = [
  {
    does: "never answers",
    fixture: "hangs-before-init",
    failure: { code: "stalled" },
    startTimeoutMs: 2_000,
  },
  { does: "writes a broken line", fixture: "garbage-line", failure: { code: "protocol" } },
  { does: "changes the shape of a known line", fixture: "wrong-shape", failure: { code: "protocol" } },
  { does: "writes a line without an end", fixture: "huge-line", failure: { code: "protocol" } },
  {
    does: "dies in the middle of a line",
    fixture: "half-line-then-exit",
    failure: { code: "claude_crashed" },
  },
  { does: "exits at once", fixture: "exits-3", failure: { code: "claude_crashed" } },
  { does: "floods stderr", fixture: "floods-stderr", failure: { code: "claude_crashed" } },
  { does: "is killed while it speaks", fixture: "dies-mid-text", failure: { code: "claude_crashed" } },
  { does: "is too old", fixture: "is-too-old", failure: { code: "claude_too_old" } },
] as const;

test.for(DEATHS)("an agent that $does ends the turn with $failure.code", async (death) => {
  const { fixture, failure } = death;
  const bench = await claudeBench({
    command: fixtureAgent(fixture),
    // Dying may take a while where the machine is busy; only who never answers is waited for.
    limits: {
      startTimeoutMs: "startTimeoutMs" in death ? death.startTimeoutMs : 45_000,
      maxLineBytes: 4 * 1024 * 1024,
      killGraceMs: 500,
    },
  });
  const agent = bench.start();
  agent.agent.send({ type: "turn", turnId: "turn-a", prompt: [{ type: "text", text: "hi" }] });
  expect((await agent.until("exited")).failure).toMatchObject(failure);
  await agent.agent.exited;
  expect(agent.events.at(-1)?.type).toBe("exited");
  expect(agent.events.some((event) => event.type === "turn_ended")).toBe(false);
});

test("what a crashed agent said last is kept, however much it said", async () => {
  const bench = await claudeBench({ command: fixtureAgent("floods-stderr") });
  const { failure } = await bench.start().until("exited");
  expect(failure?.detail).toMatch(/^exit code 4; stderr: .*the last words$/s);
  expect(failure?.detail.length).toBeLessThan(10_000);
});

test("memory stays bounded while an agent writes a line without an end", async () => {
  const bench = await claudeBench({ command: fixtureAgent("huge-line"), limits: { killGraceMs: 500 } });
  const before = process.memoryUsage.rss();
  const agent = bench.start();
  agent.agent.send({ type: "turn", turnId: "turn-a", prompt: [] });
  expect((await agent.until("exited")).failure?.code).toBe("protocol");
  expect(process.memoryUsage.rss() - before).toBeLessThan(300 * 1024 * 1024);
});

test("lines that mean nothing to us show that the agent is alive, at most once a second", async () => {
  const bench = await claudeBench({ command: fixtureAgent("chatters") });
  const agent = bench.start();
  const startedAt = performance.now();
  await agent.ask("hi");
  const seconds = (performance.now() - startedAt) / 1000;
  const signs = agent.events.filter((event) => event.type === "alive").length;
  expect(signs).toBeGreaterThanOrEqual(1);
  expect(signs).toBeLessThanOrEqual(1 + seconds);
});

test("nothing is heard of an agent that is gone, whatever it is told", async () => {
  const bench = await claudeBench({ command });
  const agent = bench.start();
  await agent.ask("hi", "turn-a");
  await agent.stop();
  agent.agent.send({ type: "turn", turnId: "turn-a", prompt: [{ type: "text", text: "hi" }] });
  agent.agent.send({ type: "turn", turnId: "turn-b", prompt: [{ type: "text", text: "hi" }] });
  agent.agent.send({ type: "interrupt" });
  agent.agent.send({ type: "answer", requestId: "r", answer: { behavior: "allow" } });
  agent.agent.send({ type: "set_model", model: undefined });
  agent.agent.send({ type: "stop", graceMs: 0 });
  expect(agent.events.filter((event) => event.type === "exited")).toHaveLength(1);
  expect(agent.events.at(-1)?.type).toBe("exited");
});

test("a system prompt that no command line can hold ends the start, visibly", async () => {
  const bench = await claudeBench({ command });
  for (const systemPrompt of ["x".repeat(3_000_000), "with a \0 in it"]) {
    expect((await bench.start({ systemPrompt }).until("exited")).failure?.code).toBe("claude_crashed");
  }
});

test("stray prints on stdout are passed over, and the log says so once", async () => {
  const { log, warnings } = warningsOnly();
  const bench = await claudeBench({ command: fixtureAgent("prints-noise"), log });
  expect(await bench.start().ask("hi")).toMatchObject({ outcome: "completed", text: "Hello." });
  expect(warnings).toEqual([expect.stringContaining("no line of its protocol")]);
});

test("a session that can't be written down is a warning in the log", async () => {
  const { log, warnings } = warningsOnly();
  const bench = await claudeBench({ command: fixtureAgent("loses-writes"), log });
  expect((await bench.start().ask("hi")).outcome).toBe("completed");
  expect(warnings).toEqual([expect.stringContaining("disk")]);
});

test("a request that the agent refuses is a warning in the log, and the agent goes on", async () => {
  const { log, warnings } = warningsOnly();
  const bench = await claudeBench({ command: fixtureAgent("refuses-changes"), log });
  const agent = bench.start();
  agent.agent.send({ type: "set_permission_mode", permissionMode: "bypassPermissions" });
  expect((await agent.ask("hi")).outcome).toBe("completed");
  expect(warnings).toEqual([expect.stringContaining("did not do as asked")]);
});

test("a request that is newer than we are is refused, and the turn goes on", async () => {
  const bench = await claudeBench({ command: fixtureAgent("asks-something-new") });
  expect(await bench.start().ask("hi")).toMatchObject({ outcome: "completed", text: "error" });
});

test("an agent that ignores SIGTERM is killed after the grace", async () => {
  const bench = await claudeBench({ command: fixtureAgent("ignores-sigterm") });
  const agent = bench.start();
  agent.agent.send({ type: "turn", turnId: "turn-a", prompt: [{ type: "text", text: "hi" }] });
  await agent.until("turn_started");
  await agent.stop(200);
  expect(agent.events.at(-1)).toEqual({ type: "exited", failure: undefined });
});

test("a second stop with no grace cuts a long one short", async () => {
  const bench = await claudeBench({ command: fixtureAgent("ignores-sigterm") });
  const agent = bench.start();
  await agent.until("ready");
  agent.agent.send({ type: "stop", graceMs: 3_600_000 });
  await agent.stop(0);
  expect(agent.events.at(-1)?.type).toBe("exited");
});

// Each of these ends by the bench's own check that nothing with its mark is left.
test("what an agent left running in a session of its own ends with it", async () => {
  const bench = await claudeBench({ command: fixtureAgent("leaves-children") });
  const agent = bench.start();
  await agent.ask("hi");
  await agent.stop();
});

test("what an agent left running ends also when the agent went by itself", async () => {
  const bench = await claudeBench({ command: fixtureAgent("leaves-children"), extraEnv: { THEN_EXIT: "1" } });
  const agent = bench.start();
  await agent.ask("hi");
  expect((await agent.until("exited")).failure?.code).toBe("claude_crashed");
  await agent.agent.exited;
});

test("a project directory that is missing is told before anything starts", async () => {
  const bench = await claudeBench({ command });
  const missing = join(bench.projectDir, "gone");
  expect((await bench.start({ projectDir: missing }).until("exited")).failure).toEqual({
    code: "project_dir_missing",
    detail: missing,
  });
});

test("a command that is nowhere on the path is told as missing", async () => {
  const bench = await claudeBench({ command: "no-such-claude" });
  const { failure } = await bench.start().until("exited");
  expect(failure?.code).toBe("claude_missing");
  expect(failure?.detail).toContain("no-such-claude");
});

test("a command whose interpreter is missing is told as missing", async () => {
  const directory = await mkdtemp(join(tmpdir(), "claude-coord-"));
  onTestFinished(() => rm(directory, { recursive: true }));
  const broken = join(directory, "claude");
  await writeFile(broken, "#!/no/such/interpreter\n", { mode: 0o755 });
  const bench = await claudeBench({ command: broken });
  expect((await bench.start().until("exited")).failure?.code).toBe("claude_missing");
});

function warningsOnly() {
  const warnings: string[] = [];
  const ignore = () => {};
  const warn = (message: string) => void warnings.push(message);
  return { warnings, log: { debug: ignore, info: ignore, warn, error: ignore } };
}

test("an agent that answers a question of ours gives no sign that its turn lives", async () => {
  const bench = await claudeBench({ command: fixtureAgent("answers-hello") });
  const agent = bench.start();
  await agent.until("ready");
  agent.agent.send({ type: "describe_cost" });
  // The fixture answers with nothing in it.
  expect(await agent.until("cost_described")).toMatchObject({ costUsd: undefined });
  expect(agent.events.map(({ type }) => type)).not.toContain("alive");
  await agent.stop();
});

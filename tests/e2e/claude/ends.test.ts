import { type ChildProcess, spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { access, mkdir, readFile, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { expect, onTestFinished, test } from "vitest";
import { INSTANCE_MARK } from "../../../src/claude/environment.ts";
import { findProcesses, readCommandLine } from "../../../src/claude/process-table.ts";
import { hang, say, stall, use } from "../../../src/loopback/model/reply.ts";
import type { ClaudeBench } from "../../support/claude-bench.ts";
import { findTranscript, realClaude } from "../../support/real-claude.ts";

/** On a busy machine a start of the CLI takes seconds. */
const SOON = { timeout: 20_000 };
const slowly = (text: string) => say(text, { chunkSize: 4, delayMs: 100 });

test.for([
  ["hangs", hang()],
  ["stalls in the middle", stall()],
  ["streams", slowly("This answer takes its time, and nobody waits for its end any more.")],
] as const)("an interrupt frees a request that %s, and the session goes on", async ([, reply]) => {
  const bench = await realClaude(({ lastUserText }) => (lastUserText.includes("again") ? "better" : reply));
  const agent = bench.start();
  const end = agent.ask("hi");
  await agent.until("turn_started");
  await expect.poll(() => bench.model.requests.length, SOON).toBe(1);
  agent.agent.send({ type: "interrupt" });
  expect((await end).outcome).toBe("interrupted");
  expect(await agent.ask("again")).toMatchObject({ outcome: "completed", text: "better" });
});

test("an interrupt at any moment of a turn's beginning ends it, and the next turn runs", async () => {
  const bench = await realClaude(({ lastUserText }) => (lastUserText.includes("again") ? "better" : hang()));
  const agent = bench.start();
  await agent.until("ready");
  for (let index = 0; index < 8; index += 1) {
    const end = agent.ask(`turn ${index}`);
    // Each time a little later: before it is written, before the CLI begins it, and after.
    for (let turns = 0; turns < index * 3; turns += 1) await new Promise((resolve) => setImmediate(resolve));
    agent.agent.send({ type: "interrupt" });
    expect((await end).outcome).toBe("interrupted");
  }
  expect(await agent.ask("again")).toMatchObject({ outcome: "completed", text: "better" });
});

test.for(["interrupt", "stop", "SIGKILL"] as const)(
  "after %s in the middle of a turn, the session is resumed",
  async (how) => {
    const bench = await realClaude(({ history, lastUserText }) =>
      lastUserText === "first"
        ? slowly("This answer is never heard to its end, as you will see.")
        : history.join(", "),
    );
    const sessionId = randomUUID();
    const agent = bench.start({ sessionId });
    agent.agent.send({ type: "turn", turnId: randomUUID(), prompt: [{ type: "text", text: "first" }] });
    await agent.until("preview");
    if (how === "interrupt") {
      agent.agent.send({ type: "interrupt" });
      await agent.until("turn_ended");
    }
    if (how === "SIGKILL") {
      process.kill(agent.agent.pid ?? 0, "SIGKILL");
      expect((await agent.until("exited")).failure).toEqual({
        code: "claude_crashed",
        detail: "signal SIGKILL",
      });
    }
    await agent.stop();
    const resumed = await bench.start({ sessionId, resume: true }).ask("second");
    expect(resumed).toMatchObject({ outcome: "completed" });
    expect(resumed.text).toMatch(/first[\s\S]*second/);
  },
);

test("a turn that was cut short is taken up again, under its own id, when it is asked for again", async () => {
  let asked = 0;
  const bench = await realClaude(() => {
    asked += 1;
    return asked === 1 ? hang() : "here I am again";
  });
  const sessionId = randomUUID();
  const turnId = randomUUID();
  const agent = bench.start({ sessionId });
  agent.agent.send({ type: "turn", turnId, prompt: [{ type: "text", text: "important" }] });
  await expect.poll(() => asked, SOON).toBe(1);
  // Killed before that, the CLI would know nothing of the turn.
  const kept = async () => readFile(await findTranscript(bench.home, sessionId), "utf8");
  await expect.poll(kept, SOON).toContain("important");
  process.kill(agent.agent.pid ?? 0, "SIGKILL");
  await agent.agent.exited;
  const second = bench.start({ sessionId, resume: true, continueInterrupted: true });
  expect(await second.ask("important", turnId)).toMatchObject({
    outcome: "completed",
    text: "here I am again",
  });
  expect(bench.model.requests.at(-1)?.history.filter((text) => text.includes("important"))).toHaveLength(1);
});

test("a turn that was cut short is taken up again without being asked for", async () => {
  let asked = 0;
  const bench = await realClaude(() => {
    asked += 1;
    return asked === 1 ? hang() : "here I am again";
  });
  const sessionId = randomUUID();
  const turnId = randomUUID();
  const agent = bench.start({ sessionId });
  agent.agent.send({ type: "turn", turnId, prompt: [{ type: "text", text: "important" }] });
  await expect.poll(() => asked, SOON).toBe(1);
  await agent.stop();
  const second = bench.start({ sessionId, resume: true, continueInterrupted: true });
  expect(await second.until("turn_started")).toEqual({ type: "turn_started", turnId });
  expect(await second.until("turn_ended")).toMatchObject({ turnId, end: { text: "here I am again" } });
});

test("with nothing to take up, a resumed agent takes the next turn", async () => {
  const bench = await realClaude(({ history }) => history.join(", "));
  const sessionId = randomUUID();
  const agent = bench.start({ sessionId });
  await agent.ask("one");
  await agent.stop();
  const second = bench.start({ sessionId, resume: true, continueInterrupted: true });
  expect((await second.ask("two")).text).toBe("one, two");
});

/** Three kinds of children that the CLI's own end does not reach: left in the background, in a session, waited for. */
const LITTER = `nohup sleep 301 >/dev/null 2>&1 & setsid sleep 302 & sleep 303 && echo over`;
const litter = () => [use("Bash", { command: LITTER, timeout: 60_000 }), "done"];

test.for(["stop", "SIGKILL", "SIGTERM"] as const)(
  "after %s, nothing that Claude started is left",
  async (how) => {
    const bench = await realClaude(litter);
    const agent = bench.start({ allowedTools: ["Bash"] });
    agent.agent.send({ type: "turn", turnId: randomUUID(), prompt: [{ type: "text", text: "make a mess" }] });
    await expect.poll(() => sleepers(bench), SOON).toEqual(["301", "302", "303"]);
    if (how !== "stop") process.kill(agent.agent.pid ?? 0, how);
    if (how === "stop") agent.agent.send({ type: "stop", graceMs: 3000 });
    await agent.agent.exited;
    expect(await marked(bench)).toEqual([]);
  },
);

test("a daemon that is killed takes its agent with it, and the next one sweeps up the rest", async () => {
  const bench = await realClaude(litter);
  const daemon = await startOwner(bench, "make a mess");
  await expect.poll(() => sleepers(bench), SOON).toEqual(["301", "302", "303"]);
  expect(await bench.claude.sweepOrphans()).toEqual([]);
  daemon.kill("SIGKILL");
  await once(daemon, "exit");
  const isAgent = (line: string) => line.includes("stream-json");
  await expect.poll(async () => (await marked(bench)).filter(isAgent), SOON).toEqual([]);
  const left = await marked(bench);
  const orphans = await bench.claude.sweepOrphans();
  expect(orphans.map((orphan) => orphan.commandLine).sort()).toEqual(left.sort());
  expect(await marked(bench)).toEqual([]);
});

test("a session that was quiet for two months is still there after a start", async () => {
  const bench = await realClaude(() => "ok");
  const projects = join(bench.home, ".claude/projects/-srv-quiet");
  const transcript = join(projects, `${randomUUID()}.jsonl`);
  await mkdir(projects, { recursive: true });
  await writeFile(transcript, "{}\n");
  const longAgo = Date.now() / 1000 - 60 * 86_400;
  await utimes(transcript, longAgo, longAgo);
  const agent = bench.start();
  await agent.ask("hi");
  // The CLI writes this file when it has cleaned up.
  await expect.poll(() => exists(join(bench.home, ".claude/.last-cleanup")), { timeout: 60_000 }).toBe(true);
  expect(await exists(transcript)).toBe(true);
});

/** Command lines of the bench's processes. */
async function marked(bench: ClaudeBench): Promise<string[]> {
  const found = await findProcesses((environment) => environment.get(INSTANCE_MARK) === bench.instanceId);
  return Promise.all(found.map(async ({ pid }) => (await readCommandLine(pid)).join(" ")));
}

async function sleepers(bench: ClaudeBench): Promise<string[]> {
  return (await marked(bench)).flatMap((line) => /^sleep (\d+)$/.exec(line)?.[1] ?? []).sort();
}

async function startOwner(bench: ClaudeBench, prompt: string): Promise<ChildProcess> {
  const spec = {
    sessionId: randomUUID(),
    conversationId: "10",
    resume: false,
    continueInterrupted: false,
    projectDir: bench.projectDir,
    model: "sonnet",
    allowedTools: ["Bash"],
    permissionMode: "default",
  };
  const driver = join(import.meta.dirname, "../../fixtures/drivers/agent-owner.ts");
  const owner = spawn(process.execPath, [driver, JSON.stringify({ ...bench.options, spec, prompt })], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  onTestFinished(() => void owner.kill("SIGKILL"));
  const lines = createInterface({ input: owner.stdout });
  for await (const line of lines) if (line.includes('"turn_started"')) break;
  return owner;
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

import { spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { readStartTime } from "../../src/claude/process-table.ts";
import { findSessionHolder } from "../../src/claude/session-holder.ts";
import { claudeBench, fixtureAgent } from "../support/claude-bench.ts";

/** A process that stays until the test is over, with these words on its command line. */
async function bystander(...words: string[]): Promise<number> {
  const child = spawn(process.execPath, ["-e", "setInterval(() => {}, 1e9)", "--", ...words], {
    stdio: "ignore",
  });
  const gone = new Promise((resolve) => child.once("exit", resolve));
  onTestFinished(async () => {
    child.kill("SIGKILL");
    await gone;
  });
  await new Promise((resolve) => child.once("spawn", resolve));
  return child.pid ?? 0;
}

async function configDirectory(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), "claude-coord-"));
  onTestFinished(() => rm(directory, { recursive: true }));
  await mkdir(join(directory, "sessions"));
  return directory;
}

const register = (directory: string, pid: number, entry: object) =>
  writeFile(join(directory, "sessions", `${pid}.json`), JSON.stringify({ pid, ...entry }));

test.for([["--resume"], ["-r"], ["--session-id"]])(
  "a process that opens the session by %s is found",
  async ([flag]) => {
    const sessionId = randomUUID();
    const pid = await bystander(flag ?? "", sessionId);
    await expect.poll(() => findSessionHolder(sessionId, "/no/such/directory")).toBe(pid);
  },
);

test("a process that opens the session by --resume=… is found", async () => {
  const sessionId = randomUUID();
  const pid = await bystander(`--resume=${sessionId}`);
  await expect.poll(() => findSessionHolder(sessionId, "/no/such/directory")).toBe(pid);
});

test("a process that forks a session holds the fork and not its origin", async () => {
  const [origin, fork] = [randomUUID(), randomUUID()];
  const pid = await bystander(`--resume=${origin}`, "--fork-session", `--session-id=${fork}`);
  await expect.poll(() => findSessionHolder(fork, "/no/such/directory")).toBe(pid);
  expect(await findSessionHolder(origin, "/no/such/directory")).toBeUndefined();
});

test("a process that only names the session does not hold it", async () => {
  const sessionId = randomUUID();
  await bystander("grep", sessionId, `${sessionId}.jsonl`, "--resume", randomUUID());
  expect(await findSessionHolder(sessionId, "/no/such/directory")).toBeUndefined();
});

test("a terminal that picked the session from a list is found by the CLI's own register", async () => {
  const sessionId = randomUUID();
  const directory = await configDirectory();
  const pid = await bystander();
  await register(directory, pid, { sessionId, procStart: await readStartTime(pid) });
  expect(await findSessionHolder(sessionId, directory)).toBe(pid);
  expect(await findSessionHolder(randomUUID(), directory)).toBeUndefined();
});

test("entries of processes that are gone, or whose pid belongs to another now, don't count", async () => {
  const sessionId = randomUUID();
  const directory = await configDirectory();
  const pid = await bystander();
  await register(directory, pid, { sessionId, procStart: "1" });
  await register(directory, 2 ** 22 + 1, { sessionId });
  await writeFile(join(directory, "sessions", "3.json"), "{broken");
  expect(await findSessionHolder(sessionId, directory)).toBeUndefined();
});

test("an agent does not start on a session that somebody has open", async () => {
  const bench = await claudeBench({ command: fixtureAgent("answers-hello") });
  const sessionId = randomUUID();
  const first = bench.start({ sessionId });
  await first.until("ready");
  const { failure } = await bench.start({ sessionId, resume: true }).until("exited");
  expect(failure).toEqual({
    code: "session_in_use",
    detail: `process ${first.agent.pid} has session ${sessionId} open`,
  });
});

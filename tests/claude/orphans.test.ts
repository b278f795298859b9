import { type ChildProcess, spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { expect, onTestFinished, test } from "vitest";
import { sweepOrphans } from "../../src/claude/orphans.ts";
import { readStartTime } from "../../src/claude/process-table.ts";

/** A process with these variables only, in a session of its own; ignores SIGTERM when asked to. */
async function startBystander(
  environment: Record<string, string>,
  options: { ignoresSigterm?: boolean } = {},
) {
  const code = `${options.ignoresSigterm ? "process.on('SIGTERM', () => {});" : ""} setInterval(() => {}, 1e9); console.log("up")`;
  const child = spawn(process.execPath, ["-e", code], {
    env: environment,
    detached: true,
    stdio: ["ignore", "pipe", "ignore"],
  });
  const gone = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  onTestFinished(async () => {
    child.kill("SIGKILL");
    await gone;
  });
  await new Promise((resolve) => child.stdout.once("data", resolve));
  return child;
}

const isRunning = (child: ChildProcess) => child.exitCode === null && child.signalCode === null;
const marks = (instance: string, daemon: string) => ({
  CLAUDE_COORD_INSTANCE: instance,
  CLAUDE_COORD_DAEMON: daemon,
});

test("what a daemon that is gone left running is ended, also when it ignores SIGTERM", async () => {
  const instance = randomUUID();
  const agent = await startBystander(marks(instance, "4194305:1"));
  const stubborn = await startBystander(marks(instance, "4194305:1"), { ignoresSigterm: true });
  const orphans = await sweepOrphans(instance, 200);
  expect(orphans.map((orphan) => orphan.pid).sort()).toEqual([agent.pid, stubborn.pid].sort());
  expect(orphans[0]?.commandLine).toContain("setInterval");
  await expect.poll(() => [agent, stubborn].map(isRunning)).toEqual([false, false]);
});

test("a daemon whose pid belongs to another process by now is gone", async () => {
  const instance = randomUUID();
  const agent = await startBystander(marks(instance, `${process.pid}:1`));
  expect((await sweepOrphans(instance, 1000)).map((orphan) => orphan.pid)).toEqual([agent.pid]);
});

test("agents of a living daemon, and of other installations, are left alone", async () => {
  const instance = randomUUID();
  const ours = await startBystander(marks(instance, `${process.pid}:${await readStartTime(process.pid)}`));
  const others = await startBystander(marks(randomUUID(), "4194305:1"));
  expect(await sweepOrphans(instance, 1000)).toEqual([]);
  expect([ours, others].map(isRunning)).toEqual([true, true]);
});

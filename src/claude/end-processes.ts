import { setTimeout as delay } from "node:timers/promises";
import { readStartTime } from "./process-table.ts";

/** Sends SIGTERM to processes, and SIGKILL to those that are still there after `graceMs`. Settles when all are gone. */
export async function endProcesses(pids: readonly number[], graceMs: number): Promise<void> {
  await Promise.all(pids.map((pid) => endProcess(pid, graceMs)));
}

/** Sends a signal; a process (or, negative, a group) that is gone or not ours to signal is no matter. */
export function signalProcess(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // ESRCH: it ended by itself meanwhile. EPERM: its id belongs to somebody else by now.
  }
}

async function endProcess(pid: number, graceMs: number): Promise<void> {
  const startTime = await readStartTime(pid);
  if (startTime === undefined) return;
  const isThere = async () => (await readStartTime(pid)) === startTime;
  signalProcess(pid, "SIGTERM");
  if (await isGoneWithin(graceMs, isThere)) return;
  signalProcess(pid, "SIGKILL");
  await isGoneWithin(KILL_TAKES_MS, isThere);
}

/** SIGKILL can't be refused, but a process in the middle of a disk write ends only after it. */
const KILL_TAKES_MS = 2000;
const POLL_MS = 20;

async function isGoneWithin(timeoutMs: number, isThere: () => Promise<boolean>): Promise<boolean> {
  for (let waitedMs = 0; waitedMs < timeoutMs; waitedMs += POLL_MS) {
    if (!(await isThere())) return true;
    await delay(POLL_MS);
  }
  return !(await isThere());
}

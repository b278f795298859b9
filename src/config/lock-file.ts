import { randomUUID } from "node:crypto";
import { linkSync, readFileSync, readlinkSync, rmSync, statSync, writeFileSync } from "node:fs";
import { setTimeout as wait } from "node:timers/promises";
import { CoordError } from "../core/operations/errors.ts";

/** What is done under the lock takes milliseconds: one this old was left behind, whoever held it. */
const ABANDONED_AFTER_MS = 60_000;

/** Runs `work` while this process alone holds the lock file. Throws already_running when it stays taken. */
export async function withLockFile<T>(path: string, work: () => T, timeoutMs = 5000): Promise<T> {
  const holder = `${processMark(process.pid)} ${randomUUID()}\n`;
  const deadline = Date.now() + timeoutMs;
  while (!take(path, holder)) {
    removeAbandoned(path);
    if (Date.now() > deadline) {
      throw new CoordError(
        "already_running",
        `Another command is changing the configuration (${path}). Try again.`,
      );
    }
    await wait(20);
  }
  try {
    return work();
  } finally {
    if (contentOf(path) === holder) rmSync(path, { force: true });
  }
}

/** Links a finished file into place, so that nobody ever sees a lock without its holder. */
function take(path: string, holder: string): boolean {
  const own = `${path}.${randomUUID()}`;
  writeFileSync(own, holder, { flag: "wx", mode: 0o644 });
  try {
    linkSync(own, path);
    return true;
  } catch (error) {
    if (hasCode(error, "EEXIST")) return false;
    throw error;
  } finally {
    rmSync(own, { force: true });
  }
}

/** Only the holder of a second lock removes, or two that found the same dead holder could remove a live one. */
function removeAbandoned(path: string): void {
  if (!isAbandoned(path)) return;
  const breaking = `${path}.breaking`;
  if (!take(breaking, `${processMark(process.pid)} breaking\n`)) {
    if (isAbandoned(breaking)) rmSync(breaking, { force: true });
    return;
  }
  try {
    if (isAbandoned(path)) rmSync(path, { force: true });
  } finally {
    rmSync(breaking, { force: true });
  }
}

function isAbandoned(path: string): boolean {
  const content = contentOf(path);
  if (content === undefined) return false;
  try {
    if (Date.now() - statSync(path).mtimeMs > ABANDONED_AFTER_MS) return true;
  } catch {
    return false;
  }
  const [space, pid, start] = content.split(" ");
  const [ownSpace] = processMark(process.pid).split(" ");
  // Process ids of another container say nothing here.
  if (space !== ownSpace || space === "-") return false;
  return processMark(Number(pid)) !== `${space} ${pid} ${start}`;
}

/** Names a process for good, though its id is used again: pid namespace, pid and start time. */
function processMark(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    // The command's name may hold spaces and brackets; the fields are counted from its closing one.
    const start = stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19];
    return `${readlinkSync("/proc/self/ns/pid")} ${pid} ${start}`;
  } catch {
    return `- ${pid} -`;
  }
}

function contentOf(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    if (hasCode(error, "ENOENT")) return undefined;
    throw error;
  }
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && "code" in error && error.code === code;
}

import { spawn } from "node:child_process";
import { setPriority } from "node:os";
import { endProcesses, signalProcess } from "./end-processes.ts";
import { AGENT_MARK } from "./environment.ts";
import { createOutputTail } from "./output-tail.ts";
import { findProcesses } from "./process-table.ts";

export interface ProcessOptions {
  /** Absolute path. */
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly environment: Readonly<Record<string, string>>;
  /** `setpriv` of util-linux, which has the kernel end the agent when we die; undefined where there is none. */
  readonly setpriv: string | undefined;
  /** How long what an agent leaves behind may take to end at SIGTERM. */
  readonly leftoverGraceMs: number;
  readonly onStdout: (chunk: Buffer) => void;
}

export interface AgentProcess {
  readonly pid: number | undefined;
  /** One line of JSON: a malformed line would end the CLI. */
  write(line: unknown): void;
  /** SIGTERM, which lets the CLI end its tools; SIGKILL to its group after `graceMs`. A shorter grace may follow. */
  end(graceMs: number): void;
  /** Settles when the process, its leftovers and its output are at their end. Rejects when it can't be started. */
  readonly exited: Promise<ProcessExit>;
}

export interface ProcessExit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** The last of what it wrote to stderr. */
  readonly stderr: string;
}

export function startProcess(options: ProcessOptions): AgentProcess {
  const [command, args] =
    options.setpriv === undefined
      ? [options.command, options.args]
      : [options.setpriv, ["--pdeathsig", "TERM", options.command, ...options.args]];
  // A group of its own, so that all of it can be ended, and so that Ctrl-C on our terminal reaches only us.
  const child = spawn(command, args, {
    cwd: options.cwd,
    env: options.environment,
    detached: true,
    stdio: ["pipe", "pipe", "pipe"],
  });
  giveWay(child.pid);
  const stderr = createOutputTail(STDERR_TAIL_BYTES);
  child.stdout.on("data", options.onStdout);
  child.stderr.on("data", stderr.push);
  // Such as a write to a process that just died; its exit tells the rest.
  for (const stream of [child.stdin, child.stdout, child.stderr]) stream.on("error", () => {});

  let killTimer: NodeJS.Timeout | undefined;
  const exited = new Promise<ProcessExit>((resolve, reject) => {
    // Later errors are signals that came too late.
    child.on("error", (error) => child.pid === undefined && reject(error));
    const closed = new Promise<void>((done) => child.once("close", () => done()));
    child.once("exit", (code, signal) => {
      clearTimeout(killTimer);
      void (async () => {
        await endLeftovers(child.pid, options);
        // Whoever still holds the pipes escaped us; the lines of the agent itself were read long ago.
        const drained = setTimeout(() => {
          child.stdout.destroy();
          child.stderr.destroy();
        }, DRAIN_MS);
        await closed;
        clearTimeout(drained);
        resolve({ code, signal, stderr: stderr.text() });
      })();
    });
  });

  return {
    pid: child.pid,
    write: (line) => {
      if (child.stdin.writable) child.stdin.write(`${JSON.stringify(line)}\n`);
    },
    end(graceMs) {
      const { pid } = child;
      if (pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
      clearTimeout(killTimer);
      child.kill("SIGTERM");
      killTimer = setTimeout(() => signalProcess(-pid, "SIGKILL"), graceMs);
    },
    exited,
  };
}

const STDERR_TAIL_BYTES = 8 * 1024;
const DRAIN_MS = 500;
const LEFTOVER_ROUNDS = 5;

/** Its group, and whatever left the group: the CLI runs each command in a session of its own. */
/**
 * Twenty agents that compile must not keep the daemon from answering Discord within its three seconds: they, and what
 * they start, go behind it where the processor is short, and are as fast as ever where it is not.
 */
function giveWay(pid: number | undefined): void {
  try {
    if (pid !== undefined) setPriority(pid, AGENT_NICENESS);
  } catch {
    // It has ended already.
  }
}

const AGENT_NICENESS = 5;

async function endLeftovers(pid: number | undefined, options: ProcessOptions): Promise<void> {
  if (pid === undefined) return;
  signalProcess(-pid, "SIGKILL");
  const agentId = options.environment[AGENT_MARK];
  // One that is ending may just have started another.
  for (let round = 0; round < LEFTOVER_ROUNDS; round += 1) {
    const leftovers = await findProcesses(
      (environment) =>
        environment.get("CLAUDE_PID") === String(pid) || environment.get(AGENT_MARK) === agentId,
    );
    if (leftovers.length === 0) return;
    const pids = leftovers.map((leftover) => leftover.pid);
    await endProcesses(pids, options.leftoverGraceMs);
  }
}

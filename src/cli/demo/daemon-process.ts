import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { CoordError } from "../../core/operations/errors.ts";

const BIN = fileURLToPath(new URL("../../../bin/claude-coord.js", import.meta.url));

/** `claude-coord serve` as a process of its own, as a person would start it. */
export interface DaemonProcess {
  /** SIGTERM, and settles when it is gone. */
  stop(): Promise<void>;
}

/** Starts the daemon and settles once it answers. Throws what it said when it does not start. */
export async function startDaemonProcess(env: Record<string, string | undefined>): Promise<DaemonProcess> {
  const child = spawn(process.execPath, [BIN, "serve"], { env, stdio: ["ignore", "ignore", "pipe"] });
  const said: string[] = [];
  const ready = new Promise<void>((resolve, reject) => {
    createInterface({ input: child.stderr }).on("line", (line) => {
      said.push(line);
      if (/\bINFO +ready\b/.test(line)) resolve();
    });
    child.once("exit", () =>
      reject(new CoordError("usage", `The daemon did not start:\n${said.join("\n")}`)),
    );
  });
  await ready;
  return { stop: () => stop(child) };
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, "exit");
  child.kill("SIGTERM");
  await gone;
}

import { spawn } from "node:child_process";
import { constants } from "node:os";
import type { Environment } from "../config/paths.ts";
import { CoordError } from "../core/operations/errors.ts";
import type { Terminal } from "./terminal.ts";

/**
 * Runs a program that takes over the terminal, and returns its exit code (128 and the signal's number if one ended
 * it, as shells count). Throws usage when it can't be started.
 */
export async function runInForeground(
  command: string,
  args: readonly string[],
  options: { cwd?: string; env: Environment; shell?: boolean },
  terminal: Pick<Terminal, "onStopSignal">,
): Promise<number> {
  // Ctrl-C reaches the whole group: it is meant for the program, and we must be there when that ends.
  const release = terminal.onStopSignal(() => {});
  try {
    return await new Promise<number>((resolve, reject) => {
      const child = spawn(command, args, { ...options, env: { ...options.env }, stdio: "inherit" });
      child.once("error", (cause) => {
        reject(new CoordError("usage", `${command} can't be started: ${cause.message}.`, { cause }));
      });
      child.once("exit", (code, signal) => {
        resolve(code ?? 128 + (signal === null ? 0 : constants.signals[signal]));
      });
    });
  } finally {
    release();
  }
}

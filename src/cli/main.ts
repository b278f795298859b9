import { enableCompileCache } from "node:module";
import { CoordError, exitCode } from "../core/errors.ts";
import { createProgram } from "./program.ts";
import { createTerminal, type Terminal } from "./terminal.ts";

/** The process: parses the command line, runs the command, and turns what it throws into an exit code. */
export async function main(): Promise<void> {
  enableCompileCache();
  const terminal = createTerminal(process);
  // What reads our output may end first, as `head` does: that is no failure.
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE") throw error;
  });
  try {
    process.exitCode = await run(process.argv.slice(2), terminal);
  } catch (error) {
    process.exitCode = exitCode(error);
    terminal.explain(explanation(error));
  }
  // Something that was not closed keeps the process alive; the person should not have to find that out.
  setTimeout(() => process.exit(), LINGER_MS).unref();
}

/** Runs one command line; returns its exit code or throws. */
export async function run(args: readonly string[], terminal: Terminal): Promise<number> {
  const program = createProgram(terminal);
  try {
    await program.parseAsync(args, { from: "user" });
  } catch (error) {
    if (isCommanderExit(error)) return error.exitCode === 0 ? 0 : 2;
    throw error;
  }
  return 0;
}

const LINGER_MS = 5_000;

function explanation(error: unknown): string {
  if (error instanceof CoordError) return `claude-coord: ${error.message}`;
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return `claude-coord: this is a bug in claude-coord, please report it with the lines below.\n${stack}`;
}

function isCommanderExit(error: unknown): error is { exitCode: number } {
  return error instanceof Error && "code" in error && String(error.code).startsWith("commander.");
}

import { exitCode } from "../core/operations/errors.ts";
import { ExitError } from "./exit.ts";
import { createProgram } from "./program.ts";
import { createTerminal, type Terminal } from "./terminal.ts";

/** The process: runs the command line, and ends with its exit code. */
export async function main(): Promise<void> {
  const terminal = createTerminal(process);
  // What reads our output may end first, as `head` does: that is no failure.
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE") throw error;
  });
  // Node would write down all that it knows of the error, the body of a request for one.
  process.on("uncaughtException", (error) => {
    // The daemon hears of it too, writes it down and ends what it has begun: that takes more than this moment.
    if (process.listenerCount("uncaughtException") > 1) return;
    void explain(error, terminal).finally(() => process.exit(exitCode(error)));
  });
  const words = process.argv.slice(2);
  process.exitCode = (await handedOver(words, terminal)) ?? (await run(words, terminal));
  // Something that was not closed keeps the process alive; the person should not have to find that out.
  setTimeout(() => process.exit(), LINGER_MS).unref();
}

/** Runs one command line and returns its exit code; why it failed has been said on stderr then. */
export async function run(args: readonly string[], terminal: Terminal): Promise<number> {
  try {
    await (await createProgram(terminal, args)).parseAsync(args, { from: "user" });
    return 0;
  } catch (error) {
    // Commander has explained itself.
    if (isCommanderExit(error)) return error.exitCode === 0 ? 0 : 2;
    if (error instanceof ExitError) {
      if (error.message !== "") terminal.explain(error.message);
      return error.exitCode;
    }
    await explain(error, terminal);
    return exitCode(error);
  }
}

async function handedOver(words: readonly string[], terminal: Terminal): Promise<number | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  const { serviceUserFor } = await import("./service-user-for.ts");
  const name = serviceUserFor(words, terminal.env, 0);
  if (name === undefined) return undefined;
  const { runAsServiceUser } = await import("./as-service-user.ts");
  return runAsServiceUser(name, words, terminal);
}

const LINGER_MS = 5_000;

/** Most commands end without needing any of it. */
async function explain(error: unknown, terminal: Terminal): Promise<void> {
  const { explanation } = await import("./explanation.ts");
  terminal.explain(explanation(error, terminal.env));
}

function isCommanderExit(error: unknown): error is { exitCode: number } {
  return error instanceof Error && "code" in error && String(error.code).startsWith("commander.");
}

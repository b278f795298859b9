import type { Environment } from "../config/paths.ts";

/** The seam to the terminal: everything that a command reads from or writes to its process. */
export interface Terminal {
  readonly env: Environment;
  /** Whether a person can be asked something. */
  readonly isInteractive: boolean;
  readonly stdin: NodeJS.ReadStream;
  /** Data, for pipes. */
  readonly stdout: NodeJS.WriteStream;
  /** Talk, for people. */
  readonly stderr: NodeJS.WriteStream;
  /** A paragraph for a person, on stderr. */
  explain(text: string): void;
  /** Calls back at each SIGINT or SIGTERM until the returned function is called. */
  onStopSignal(listener: (signal: NodeJS.Signals) => void): () => void;
  /** Calls back with what nobody caught, in place of ending the process, until the returned function is called. */
  onUncaught(listener: (error: unknown) => void): () => void;
}

/** The terminal of a real process. */
export function createTerminal(process: NodeJS.Process): Terminal {
  const { stdin, stdout, stderr } = process;
  return {
    env: process.env,
    isInteractive: Boolean(stdin.isTTY && stdout.isTTY && stderr.isTTY),
    stdin,
    stdout,
    stderr,
    explain: (text) => void stderr.write(`${text}\n`),
    onStopSignal: (listener) => {
      process.on("SIGINT", listener);
      process.on("SIGTERM", listener);
      return () => {
        process.off("SIGINT", listener);
        process.off("SIGTERM", listener);
      };
    },
    onUncaught: (listener) => {
      process.on("uncaughtException", listener);
      return () => void process.off("uncaughtException", listener);
    },
  };
}

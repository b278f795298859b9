import { execFile } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { PassThrough } from "node:stream";
import { stringify } from "yaml";
import { run } from "../../src/cli/main.ts";
import type { Terminal } from "../../src/cli/terminal.ts";
import { expectNotSaid } from "./planted-token.ts";
import { tempDir } from "./temp-dir.ts";

/** What a command line did: its exit code and what it wrote. */
export interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** What a person types when they read a question; `\u0003` is Ctrl-C. Given: there is a terminal. */
export type Answers = readonly (readonly [question: string, keys: string])[];

export interface CliFixture {
  readonly home: string;
  /** `~/.claude-coordinator`. */
  readonly stateDir: string;
  readonly configFile: string;
  readonly databaseFile: string;
  readonly env: Record<string, string | undefined>;
  /** The text of config.yaml. */
  config(): string;
  writeConfig(config: string | object): void;
  run(args: readonly string[], options?: { answers?: Answers; columns?: number }): Promise<Outcome>;
  /** Starts a command that goes on until it is stopped. */
  start(args: readonly string[]): RunningCommand;
  /** Runs the built program in a process of its own, with nothing of our environment. */
  runBinary(args: readonly string[]): Promise<Outcome>;
}

export interface RunningCommand {
  stdout(): string;
  /** As Ctrl-C does where no question stands. */
  interrupt(): void;
  readonly ended: Promise<number>;
}

/**
 * A home for command lines, its own and gone after the test unless one is given. `config`: text, or what becomes
 * YAML; without it, no file is written.
 */
export function cliFixture(config?: string | object, home = tempDir()): CliFixture {
  const stateDir = join(home, ".claude-coordinator");
  mkdirSync(stateDir, { mode: 0o700, recursive: true });
  const configFile = join(stateDir, "config.yaml");
  const writeConfig = (written: string | object) =>
    writeFileSync(configFile, typeof written === "string" ? written : stringify(written), { mode: 0o600 });
  if (config !== undefined) writeConfig(config);
  const env: Record<string, string | undefined> = { HOME: home, PATH: process.env.PATH, LANG: "C.UTF-8" };

  return {
    home,
    stateDir,
    configFile,
    databaseFile: join(stateDir, "sessions.db"),
    env,
    config: () => readFileSync(configFile, "utf8"),
    writeConfig,
    run: async (args, options = {}) => {
      const { terminal, written } = fakeTerminal(env, options);
      const code = await run(args, terminal);
      return { code, ...written() };
    },
    start: (args) => {
      const { terminal, written, interrupt } = fakeTerminal(env, {});
      return { ended: run(args, terminal), stdout: () => written().stdout, interrupt };
    },
    runBinary: (args) => runBinary(args, env),
  };
}

/** Runs the built program in a process of its own, with this environment and nothing else. */
export async function runBinary(
  args: readonly string[],
  env: Record<string, string | undefined>,
): Promise<Outcome> {
  const outcome = await outcomeOf(args, env);
  expectNotSaid(`what \`claude-coord ${args.join(" ")}\` printed`, outcome.stdout + outcome.stderr);
  return outcome;
}

function outcomeOf(args: readonly string[], env: Record<string, string | undefined>): Promise<Outcome> {
  return new Promise((done) => {
    const child = execFile(process.execPath, [BIN, ...args], { env }, (error, stdout, stderr) => {
      done({ code: error === null ? 0 : Number(error.code), stdout, stderr });
    });
    child.stdin?.end();
  });
}

const BIN = resolve(import.meta.dirname, "../../bin/claude-coord.js");

function fakeTerminal(
  env: Record<string, string | undefined>,
  { answers, columns }: { answers?: Answers; columns?: number },
) {
  const stdin = new PassThrough();
  const stdout = new PassThrough();
  // A pipe ends what it wrote to, but never a process's own stderr.
  const stderr = Object.assign(new PassThrough(), { end: () => stderr });
  const written = { stdout: "", stderr: "" };
  const waiting = [...(answers ?? [])];
  let answeredUpTo = 0;
  stdout.on("data", (chunk: Buffer) => {
    written.stdout += chunk.toString();
  });
  stderr.on("data", (chunk: Buffer) => {
    written.stderr += chunk.toString();
    const [next] = waiting;
    // Each answer waits for its own question, and a question that is drawn again is not answered again.
    if (next === undefined || !written.stderr.slice(answeredUpTo).includes(next[0])) return;
    waiting.shift();
    answeredUpTo = written.stderr.length;
    setImmediate(() => stdin.write(next[1]));
  });
  if (columns !== undefined) Object.assign(stdout, { isTTY: true, columns, getColorDepth: () => 1 });
  const listeners = new Set<(signal: NodeJS.Signals) => void>();
  const terminal = {
    env,
    isInteractive: answers !== undefined,
    stdin,
    stdout,
    stderr,
    explain: (text: string) => void stderr.write(`${text}\n`),
    onStopSignal: (listener: (signal: NodeJS.Signals) => void) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    onUncaught: () => () => {},
  } as unknown as Terminal;
  return {
    terminal,
    written: () => written,
    interrupt: () => {
      for (const listener of [...listeners]) listener("SIGINT");
    },
  };
}

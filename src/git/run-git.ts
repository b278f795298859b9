import { spawn } from "node:child_process";

export interface GitCall {
  /** Absolute path of a folder that is there. */
  readonly cwd: string;
  /** All that git gets to see. */
  readonly env: Readonly<Record<string, string>>;
  /** Stands in front of `git`: what ends it when the daemon is killed. */
  readonly launcher: readonly string[];
  readonly signal: AbortSignal;
  /** Hears what git says on its way. */
  readonly onSaid?: (piece: string) => void;
}

export interface GitEnd {
  /** Undefined code: a signal ended it. `missing`: there is no git. */
  readonly code: number | "missing" | null;
  /** The end of what it said on stderr. */
  readonly said: string;
  /** What it printed, as far as it is kept. */
  readonly printed: string;
}

/** Never through a shell. Its own process group, without a terminal: nothing of it can ask, and all of it can be ended. */
export function runGit(
  args: readonly string[],
  { cwd, env, launcher, signal, onSaid }: GitCall,
): Promise<GitEnd> {
  const [command = "git", ...rest] = [...launcher, "git", ...args];
  return new Promise((resolve) => {
    const child = spawn(command, rest, { cwd, env, stdio: ["ignore", "pipe", "pipe"], detached: true });
    let said = "";
    let printed = "";
    child.stderr.setEncoding("utf8").on("data", (piece: string) => {
      said = `${said}${piece}`.slice(-KEPT_SAID);
      onSaid?.(piece);
    });
    child.stdout.setEncoding("utf8").on("data", (piece: string) => {
      if (printed.length < KEPT_PRINTED) printed += piece;
    });
    const kill = (name: NodeJS.Signals) => {
      if (child.pid === undefined) return;
      try {
        process.kill(-child.pid, name);
      } catch {
        // It has ended by itself.
      }
    };
    let harder: NodeJS.Timeout | undefined;
    const end = () => {
      kill("SIGTERM");
      harder = setTimeout(() => kill("SIGKILL"), GRACE_MS);
    };
    signal.addEventListener("abort", end);
    if (signal.aborted) end();
    const settle = (code: number | "missing" | null) => {
      signal.removeEventListener("abort", end);
      clearTimeout(harder);
      resolve({ code, said, printed });
    };
    child.once("error", () => settle("missing"));
    child.once("exit", (code) => {
      const ended = () => settle(code === NOT_FOUND ? "missing" : code);
      child.once("close", ended);
      // An ssh that stays for the next connection (ControlPersist) keeps the pipe open.
      setTimeout(ended, LAST_WORDS_MS);
    });
  });
}

/** Its reason comes last. */
const KEPT_SAID = 8_000;
/** Enough to say what is in the way, in a tree with a hundred thousand new files too. */
const KEPT_PRINTED = 100_000;
const GRACE_MS = 5_000;
const LAST_WORDS_MS = 500;
/** What a launcher ends with that finds no git. */
const NOT_FOUND = 127;

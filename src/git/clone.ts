import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { readdir, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { CoordError } from "../core/operations/errors.ts";
import type { RepositoryUrl } from "../core/projects/repository-url.ts";
import { cloneFailure, withoutLogin } from "./clone-failure.ts";
import { gitEnvironment } from "./environment.ts";
import { readProgress } from "./progress.ts";

export interface CloneOptions {
  readonly url: RepositoryUrl;
  /** Absolute path of a folder that is empty or not there; the one above it is. */
  readonly into: string;
  /** The caller's own, with marks by which a daemon's processes are found; git gets what it needs of it. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Stands in front of `git`: what ends it when this process is killed. */
  readonly launcher: readonly string[];
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
  readonly onProgress: (text: string) => void;
}

/**
 * Makes a shallow clone. When it settles, nothing that it started runs any more; when it rejects, nothing of the
 * clone is left. Throws project_not_added with a sentence for the person, or the signal's reason.
 */
export async function cloneRepository(options: CloneOptions): Promise<void> {
  const { url, into, timeoutMs, signal } = options;
  signal.throwIfAborted();
  const wasThere = existsSync(into);
  const timeout = AbortSignal.timeout(timeoutMs);
  try {
    const { code, said } = await git(
      ["clone", "--depth=1", "--progress", "--no-recurse-submodules", "--", url.address, into],
      options,
      AbortSignal.any([signal, timeout]),
    );
    signal.throwIfAborted();
    if (timeout.aborted) throw failed(`Cloning took more than ${inWords(timeoutMs)}, so it was given up.`);
    if (code === "missing") throw failed("git is not installed on the bot's host.");
    if (code !== 0) throw failed(cloneFailure(said), withoutLogin(said));
  } catch (error) {
    const left = wasThere ? (await readdir(into)).map((name) => join(into, name)) : [into];
    for (const each of left) await rm(each, { recursive: true, force: true, maxRetries: 5 });
    throw error;
  }
}

/** Never through a shell. Its own process group, without a terminal: nothing of it can ask, and all of it can be ended. */
function git(
  args: readonly string[],
  { env, launcher, into, url, onProgress }: CloneOptions,
  signal: AbortSignal,
): Promise<{ code: number | "missing" | null; said: string }> {
  const [command = "git", ...rest] = [...launcher, "git", ...args];
  return new Promise((resolve) => {
    const child = spawn(command, rest, {
      cwd: dirname(into),
      env: gitEnvironment(env, url),
      stdio: ["ignore", "ignore", "pipe"],
      detached: true,
    });
    let said = "";
    const progress = readProgress(onProgress);
    child.stderr.setEncoding("utf8").on("data", (piece: string) => {
      said = `${said}${piece}`.slice(-KEPT);
      progress(piece);
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
      resolve({ code, said });
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

function failed(message: string, detail?: string): CoordError {
  return new CoordError("project_not_added", message, detail === undefined ? {} : { cause: detail });
}

function inWords(ms: number): string {
  return ms >= 60_000 ? `${Math.round(ms / 60_000)} minutes` : `${Math.round(ms / 1000)} seconds`;
}

/** Of what git says; its reason comes last. */
const KEPT = 8_000;
const GRACE_MS = 5_000;
const LAST_WORDS_MS = 500;
/** What a launcher ends with that finds no git. */
const NOT_FOUND = 127;

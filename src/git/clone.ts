import { existsSync } from "node:fs";
import { readdir, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { CoordError } from "../core/operations/errors.ts";
import type { RepositoryUrl } from "../core/projects/repository-url.ts";
import { cloneFailure, withoutLogin } from "./clone-failure.ts";
import { cloneEnvironment } from "./environment.ts";
import { readProgress } from "./progress.ts";
import { runGit } from "./run-git.ts";

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
  const { url, into, env, launcher, timeoutMs, signal, onProgress } = options;
  signal.throwIfAborted();
  const wasThere = existsSync(into);
  const timeout = AbortSignal.timeout(timeoutMs);
  try {
    const { code, said } = await runGit(
      ["clone", "--depth=1", "--progress", "--no-recurse-submodules", "--", url.address, into],
      {
        cwd: dirname(into),
        env: cloneEnvironment(env, url),
        launcher,
        signal: AbortSignal.any([signal, timeout]),
        onSaid: readProgress(onProgress),
      },
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

function failed(message: string, detail?: string): CoordError {
  return new CoordError("project_not_added", message, detail === undefined ? {} : { cause: detail });
}

function inWords(ms: number): string {
  return ms >= 60_000 ? `${Math.round(ms / 60_000)} minutes` : `${Math.round(ms / 1000)} seconds`;
}

import { existsSync } from "node:fs";
import { mkdir, rm } from "node:fs/promises";
import { dirname } from "node:path";
import { CoordError } from "../core/operations/errors.ts";
import type { UnsavedWork, Worktree, WorktreeGit } from "../core/projects/worktree.ts";
import { localEnvironment } from "./environment.ts";
import { type GitEnd, runGit } from "./run-git.ts";

export interface WorktreeGitOptions {
  /** The daemon's own, with the marks by which its processes are found; git gets what it needs of it. */
  readonly env: () => Promise<Readonly<Record<string, string | undefined>>>;
  /** Stands in front of `git`: what ends it when the daemon is killed. */
  readonly launcher: () => Promise<readonly string[]>;
  readonly timeoutMs: number;
}

/** Working copies by `git worktree`. Nothing is ever forced: what git would not give up by itself stays. */
export function createWorktreeGit({ env, launcher, timeoutMs }: WorktreeGitOptions): WorktreeGit {
  const git = async (cwd: string, args: readonly string[], signal: AbortSignal): Promise<GitEnd> => {
    signal.throwIfAborted();
    const timeout = AbortSignal.timeout(timeoutMs);
    const ended = await runGit(args, {
      cwd,
      env: localEnvironment(await env()),
      launcher: await launcher(),
      signal: AbortSignal.any([signal, timeout]),
    });
    signal.throwIfAborted();
    if (timeout.aborted) throw failed("git took too long, so it was given up.");
    if (ended.code === "missing") throw failed("git is not installed on the bot's host.");
    return ended;
  };
  const sure = async (cwd: string, args: readonly string[], signal: AbortSignal): Promise<string> => {
    const ended = await git(cwd, args, signal);
    if (ended.code !== 0) throw failed(`git ${args[0]} did not work in \`${cwd}\`: ${reason(ended)}`);
    return ended.printed.trim();
  };

  const prefix = async (projectDir: string, signal: AbortSignal): Promise<string> => {
    if (!existsSync(projectDir)) throw failed(`The project's folder \`${projectDir}\` is not there.`);
    const found = await git(projectDir, ["rev-parse", "--show-prefix"], signal);
    if (/not a git repository/.test(found.said)) {
      throw failed(
        `\`${projectDir}\` is no git repository, and this project wants a working copy for each thread ` +
          `(\`threads: worktree\`). On the bot's host: \`git init\` there and commit; or set \`threads: isolate\`.`,
      );
    }
    if (found.code !== 0) throw failed(`git can't work in \`${projectDir}\`: ${reason(found)}`);
    const head = await git(projectDir, ["rev-parse", "--verify", "--quiet", "HEAD^{commit}"], signal);
    if (head.code !== 0) {
      throw failed(
        `Nothing is committed in \`${projectDir}\` yet, so there is nothing to make a working copy of. Commit something ` +
          "there, and ask again.",
      );
    }
    return found.printed.trim().replace(/\/$/, "");
  };

  const hasBranch = async ({ projectDir, branch }: Worktree, signal: AbortSignal): Promise<boolean> => {
    const args = ["show-ref", "--verify", "--quiet", `refs/heads/${branch}`];
    return (await git(projectDir, args, signal)).code === 0;
  };

  const putAway = async ({ projectDir, path }: Worktree, what: "begun" | "lost", signal: AbortSignal) => {
    // Nobody has worked in one that was only begun.
    if (what === "begun") await rm(path, { recursive: true, force: true, maxRetries: 5 });
    // One that a crash cut short is locked by git itself; either may say that there is none.
    await git(projectDir, ["worktree", "unlock", path], signal);
    await git(projectDir, ["worktree", "remove", path], signal);
  };

  const add: WorktreeGit["add"] = async (tree, earlier, signal) => {
    const { projectDir, path, branch } = tree;
    await prefix(projectDir, signal);
    if (earlier !== undefined) await putAway(tree, earlier, signal);
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    const from = (await hasBranch(tree, signal))
      ? ["worktree", "add", path, branch]
      : ["worktree", "add", "--no-track", "-b", branch, path, "HEAD"];
    await sure(projectDir, from, signal);
  };

  const commitOf = async (cwd: string, name: string, signal: AbortSignal): Promise<string | undefined> => {
    const found = await git(cwd, ["rev-parse", "--verify", "--quiet", `${name}^{commit}`], signal);
    return found.code === 0 ? found.printed.trim() : undefined;
  };

  const look = async (tree: Worktree, signal: AbortSignal) => {
    const { projectDir, path, branch } = tree;
    if (!existsSync(projectDir)) throw failed(`The project's folder \`${projectDir}\` is not there.`);
    const isThere = existsSync(path);
    const status = ["status", "--porcelain", "-z", "--untracked-files=normal", "--ignore-submodules=none"];
    const uncommitted = isThere ? changedPaths(await sure(path, status, signal)) : [];
    const branchCommit = await commitOf(projectDir, `refs/heads/${branch}`, signal);
    const head = isThere ? await commitOf(path, "HEAD", signal) : undefined;
    const ends = [branchCommit, head].filter((commit) => commit !== undefined);
    const upstream = await commitOf(projectDir, "HEAD@{upstream}", signal);
    const log = [
      "log",
      "--format=%h %s",
      "--max-count=50",
      ...ends,
      "--not",
      "HEAD",
      ...(upstream ? [upstream] : []),
    ];
    const unmerged = ends.length === 0 ? "" : await sure(projectDir, log, signal);
    return { branchCommit, isThere, work: { uncommitted, unmerged: lines(unmerged) } };
  };

  return {
    prefix,
    add,
    unsaved: async (tree, signal) => (await look(tree, signal)).work,
    remove: async (tree, signal) => {
      const { projectDir, path, branch } = tree;
      const { branchCommit, work } = await look(tree, signal);
      if (hasUnsaved(work)) return work;
      // It looks once more by itself, and keeps what has changed meanwhile.
      const removed = await git(projectDir, ["worktree", "remove", path], signal);
      if (removed.code !== 0 && existsSync(path)) {
        throw failed(`git does not give up \`${path}\`: ${reason(removed)}`);
      }
      // Only as it was when it was looked at.
      if (branchCommit !== undefined) {
        await sure(projectDir, ["update-ref", "-d", `refs/heads/${branch}`, branchCommit], signal);
      }
      return undefined;
    },
  };
}

function hasUnsaved({ uncommitted, unmerged }: UnsavedWork): boolean {
  return uncommitted.length > 0 || unmerged.length > 0;
}

/** Of `git status -z`: each entry has two letters, a space and the path; a rename's old path stands alone behind it. */
function changedPaths(printed: string): string[] {
  return printed
    .split("\0")
    .filter((entry) => /^\s*[A-Z?!]{1,2}\s/.test(entry))
    .map((entry) => entry.trim().replace(/^\S+\s+/, ""));
}

function lines(text: string): string[] {
  return text === "" ? [] : text.split("\n");
}

function reason({ said, code }: GitEnd): string {
  const fatal = [...said.matchAll(/^(?:fatal|error): (.+)$/gm)].at(-1)?.[1];
  return fatal?.slice(0, 300) ?? `it ended with ${code ?? "a signal"}.`;
}

function failed(message: string): CoordError {
  return new CoordError("worktree_failed", message);
}

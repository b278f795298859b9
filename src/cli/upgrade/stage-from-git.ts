import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import type { Environment } from "../../config/paths.ts";
import { CoordError } from "../../core/operations/errors.ts";
import { type Release, readPackage } from "./release.ts";
import { run } from "./run.ts";

/** What a build makes and git does not know. */
const BUILT = ["node_modules", "dist"] as const;

/** Builds the newest commit beside a checkout. `from`: a branch, tag or commit; default: what the branch follows. */
export async function stageFromGit(
  checkout: string,
  { from = "@{upstream}", onlyLook }: { from?: string | undefined; onlyLook: boolean },
  env: Environment,
  say: (text: string) => void,
): Promise<Release | undefined> {
  const git = async (...args: string[]) =>
    (await run(["git", ...args], { cwd: checkout, env: { ...env, GIT_TERMINAL_PROMPT: "0" } })).trim();
  if ((await git("status", "--porcelain", "--untracked-files=no")) !== "") {
    throw new CoordError(
      "usage",
      `${checkout} has changes that are not committed: commit or undo them first.`,
    );
  }
  say("Fetching …");
  await git("fetch", "--quiet", "--tags");
  const before = await git("rev-parse", "HEAD");
  const target = await git("rev-parse", "--verify", "--end-of-options", `${from}^{commit}`);
  if (target === before) return undefined;
  if ((await git("merge-base", before, target)) !== before) {
    throw new CoordError(
      "usage",
      `${from} does not follow what is checked out: bring it there by hand with git.`,
    );
  }

  const revision = target.slice(0, 7);
  if (onlyLook) {
    const { version } = JSON.parse(await git("show", `${target}:package.json`)) as { version: string };
    const changelog = await git("show", `${target}:CHANGELOG.md`);
    const nothing = async () => {};
    return {
      folder: checkout,
      version,
      revision,
      changelog,
      swap: nothing,
      swapBack: nothing,
      discard: nothing,
    };
  }
  const beside = mkdtempSync(join(dirname(checkout), `.${basename(checkout)}-upgrade-`));
  const folder = join(beside, "new");
  const kept = join(beside, "old");
  const discard = async () => {
    await git("worktree", "remove", "--force", folder).catch(() => {});
    rmSync(beside, { recursive: true, force: true });
    await git("worktree", "prune").catch(() => {});
  };
  try {
    await git("worktree", "add", "--quiet", "--detach", folder, target);
    say(`Building ${revision} …`);
    await run(["npm", "ci", "--no-audit", "--no-fund"], { cwd: folder, env });
    await run(["npm", "run", "--silent", "build"], { cwd: folder, env });
  } catch (error) {
    await discard();
    throw error;
  }
  const move = (source: string, destination: string) => {
    mkdirSync(destination, { recursive: true });
    for (const part of BUILT) {
      if (existsSync(join(source, part))) renameSync(join(source, part), join(destination, part));
    }
  };
  return {
    folder,
    ...readPackage(folder),
    revision,
    discard,
    swap: async () => {
      await git("merge", "--quiet", "--ff-only", target);
      move(checkout, kept);
      move(folder, checkout);
    },
    swapBack: async () => {
      await git("reset", "--quiet", "--hard", before);
      if (!existsSync(kept)) return;
      for (const part of BUILT) rmSync(join(checkout, part), { recursive: true, force: true });
      move(kept, checkout);
    },
  };
}

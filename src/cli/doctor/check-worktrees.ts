import { existsSync } from "node:fs";
import type { WorktreeRecord } from "../../core/projects/worktree.ts";
import { type Finding, ok, warning } from "./finding.ts";

/** Whether the working copies of threads are where they should be, and still wanted. */
export function checkWorktrees(
  all: readonly WorktreeRecord[],
  exists: (path: string) => boolean = existsSync,
): Finding[] {
  const made = all.filter(({ isMade }) => isMade);
  if (made.length === 0) return [];
  const troubles = made.flatMap(({ projectName, projectDir, path, branch, isThreadDeleted }) => {
    const by = `git -C '${projectDir}' worktree`;
    if (!exists(path)) {
      const fix = `/reset in the thread makes it anew from the branch; by hand: ${by} add '${path}' '${branch}'`;
      return [warning("worktree", `${projectName}: the working copy ${path} of a thread is gone`, fix)];
    }
    if (!isThreadDeleted) return [];
    const text = `${projectName}: the thread of the working copy ${path} (branch ${branch}) was deleted`;
    return [warning("worktree", text, `Press Remove in the project's channel, or: ${by} remove '${path}'`)];
  });
  const count = `${made.length} working ${made.length === 1 ? "copy" : "copies"} of threads`;
  return troubles.length > 0 ? troubles : [ok("worktree", count)];
}

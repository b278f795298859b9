import type { WorktreeRecord, WorktreeStore } from "../core/projects/worktree.ts";
import type { Database } from "./database.ts";

/** The working copies of threads, each until it is removed. */
export function createWorktreeStore(db: Database): WorktreeStore {
  const insert = db.prepare(`
    INSERT INTO worktrees (thread_id, project_name, project_dir, path, directory, branch)
    VALUES (@threadId, @projectName, @projectDir, @path, @directory, @branch)`);
  const select = `
    SELECT thread_id AS threadId, project_name AS projectName, project_dir AS projectDir, path, directory, branch,
      made, thread_deleted AS threadDeleted, offered FROM worktrees`;
  const one = db.prepare(`${select} WHERE thread_id = ?`);
  const all = db.prepare(`${select} ORDER BY thread_id`);
  const setMade = db.prepare("UPDATE worktrees SET made = 1 WHERE thread_id = ?");
  const setDeleted = db.prepare("UPDATE worktrees SET thread_deleted = 1 WHERE thread_id = ?");
  const setOffered = db.prepare("UPDATE worktrees SET offered = 1 WHERE thread_id = ?");
  const remove = db.prepare("DELETE FROM worktrees WHERE thread_id = ?");

  return {
    of: (threadId) => {
      const row = one.get(threadId) as WorktreeRow | undefined;
      return row && recordOf(row);
    },
    all: () => (all.all() as WorktreeRow[]).map(recordOf),
    plan: (worktree) => void insert.run(worktree),
    made: (threadId) => void setMade.run(threadId),
    threadDeleted: (threadId) => void setDeleted.run(threadId),
    offered: (threadId) => void setOffered.run(threadId),
    forget: (threadId) => void remove.run(threadId),
  };
}

interface WorktreeRow extends Omit<WorktreeRecord, "isMade" | "isThreadDeleted" | "isOffered"> {
  readonly made: number;
  readonly threadDeleted: number;
  readonly offered: number;
}

function recordOf({ made, threadDeleted, offered, ...worktree }: WorktreeRow): WorktreeRecord {
  return {
    ...worktree,
    isMade: made === 1,
    isThreadDeleted: threadDeleted === 1,
    isOffered: offered === 1,
  };
}

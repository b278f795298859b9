import { CoordError } from "../operations/errors.ts";
import type { Session } from "../turns/ledger.ts";
import type { Project, Snowflake } from "./project.ts";

/** A thread's own working copy of its project, on a branch of its own. */
export interface Worktree {
  readonly threadId: Snowflake;
  readonly projectName: string;
  /** The project's folder, in whose repository the branch is. */
  readonly projectDir: string;
  /** The top of the working copy. */
  readonly path: string;
  /** Where in it Claude works: below the top where the project is a folder of a larger repository. */
  readonly directory: string;
  readonly branch: string;
}

export interface WorktreeRecord extends Worktree {
  /** False while it is being made: what is there was never worked in. */
  readonly isMade: boolean;
  /** Whether the thread is gone. */
  readonly isThreadDeleted: boolean;
  /** Whether its removal was offered. */
  readonly isOffered: boolean;
}

export interface WorktreeStore {
  of(threadId: Snowflake): WorktreeRecord | undefined;
  all(): readonly WorktreeRecord[];
  /** Recorded before it is made, so that a crash in between is seen. */
  plan(worktree: Worktree): void;
  made(threadId: Snowflake): void;
  threadDeleted(threadId: Snowflake): void;
  offered(threadId: Snowflake): void;
  /** It is removed, or came to nothing. */
  forget(threadId: Snowflake): void;
}

/** What would be lost with a working copy. */
export interface UnsavedWork {
  /** Paths of files with changes that are in no commit. */
  readonly uncommitted: readonly string[];
  /** Commits that are not in what the project has checked out, nor in what that follows: `1a2b3c4 subject`. */
  readonly unmerged: readonly string[];
}

/** The git behind it; everything throws worktree_failed with a sentence for the person. */
export interface WorktreeGit {
  /** Where a project lies in its repository, `""` at the top. Throws when it is in none, or nothing is committed. */
  prefix(projectDir: string, signal: AbortSignal): Promise<string>;
  /**
   * Makes the working copy. `earlier`: what became of it before. `begun`: a try was cut short, and what is left of that
   * is put away first; `lost`: it was whole, and its folder is gone.
   */
  add(worktree: Worktree, earlier: "begun" | "lost" | undefined, signal: AbortSignal): Promise<void>;
  unsaved(worktree: Worktree, signal: AbortSignal): Promise<UnsavedWork>;
  /** Takes it away with its branch, where nothing is lost by that; else gives what would be. */
  remove(worktree: Worktree, signal: AbortSignal): Promise<UnsavedWork | undefined>;
}

export interface WorktreesDeps {
  readonly store: WorktreeStore;
  readonly git: WorktreeGit;
  /** The folder of all working copies; absolute. */
  readonly root: string;
  readonly threadName: (threadId: Snowflake) => string | undefined;
  readonly exists: (path: string) => boolean;
}

/** Where conversations work: in their project's folder, or in a working copy of their own. */
export interface Worktrees {
  /** The project as a conversation has it, as far as that is made. */
  placed(project: Project, conversationId: Snowflake): Project;
  /** The same for a session that is about to be used; undefined when its working copy has to be made first. */
  ready(project: Project, session: Session): Project | undefined;
  /** The same, made where it is needed. Throws worktree_failed with a sentence for the person. */
  prepare(project: Project, session: Session, signal: AbortSignal): Promise<Project>;
}

/**
 * A session belongs to the folder in which it began: one that has begun elsewhere, or as a copy of one from elsewhere,
 * stays there until it is reset, whatever the setting has become.
 */
export function createWorktrees({ store, git, root, threadName, exists }: WorktreesDeps): Worktrees {
  const placed = (project: Project, conversationId: Snowflake): Project => {
    const tree = store.of(conversationId);
    return tree?.isMade ? { ...project, projectDir: tree.directory } : project;
  };

  const isWanted = (project: Project, { conversationId, started, forkOf }: Session): boolean =>
    project.threads === "worktree" &&
    conversationId !== project.channelId &&
    !started &&
    forkOf === undefined;

  const plan = async (project: Project, threadId: Snowflake, signal: AbortSignal): Promise<Worktree> => {
    const { name: projectName, projectDir } = project;
    const path = `${root}/${threadId}`;
    const prefix = await git.prefix(projectDir, signal);
    const directory = prefix === "" ? path : `${path}/${prefix}`;
    const tree = {
      threadId,
      projectName,
      projectDir,
      path,
      directory,
      branch: branchOf(threadName(threadId), threadId),
    };
    store.plan(tree);
    return tree;
  };

  return {
    placed,
    ready: (project, session) => {
      const tree = store.of(session.conversationId);
      if (tree === undefined) return isWanted(project, session) ? undefined : project;
      return tree.isMade && exists(tree.directory) ? placed(project, session.conversationId) : undefined;
    },
    prepare: async (project, session, signal) => {
      const { conversationId } = session;
      const known = store.of(conversationId);
      if (known === undefined && !isWanted(project, session)) return project;
      if (known?.isMade && exists(known.directory)) return placed(project, conversationId);
      if (known?.isMade && (session.started || exists(known.path))) throw gone(known);
      const earlier = known && (known.isMade ? "lost" : "begun");
      const tree = known ?? (await plan(project, conversationId, signal));
      try {
        await git.add(tree, earlier, signal);
      } catch (error) {
        if (error instanceof CoordError && known === undefined) store.forget(conversationId);
        throw error;
      }
      store.made(conversationId);
      if (!exists(tree.directory)) throw notCommitted(tree);
      return placed(project, conversationId);
    },
  };
}

/** A name that says what it is about, and that no other thread has. */
function branchOf(name: string | undefined, threadId: Snowflake): string {
  const words = (name ?? "")
    .normalize("NFKD")
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .slice(0, 40)
    .replace(/^-+|-+$/g, "");
  return `claude/${words === "" ? "thread" : words}-${threadId}`;
}

function gone({ directory, branch, projectDir }: Worktree): CoordError {
  return new CoordError(
    "worktree_failed",
    `The working copy of this thread is no longer at \`${directory}\`. What was committed is on the branch \`${branch}\` in ` +
      `\`${projectDir}\`. Put the folder back, or \`/reset\` here: then the next message makes it anew from the branch.`,
  );
}

function notCommitted({ projectDir, directory }: Worktree): CoordError {
  return new CoordError(
    "worktree_failed",
    `Nothing of \`${projectDir}\` is committed, so \`${directory}\` is missing in the thread's working copy. Commit it, ` +
      "`/reset` here, and ask again.",
  );
}

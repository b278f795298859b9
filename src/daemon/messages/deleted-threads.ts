import type { Project, Snowflake } from "../../core/projects/project.ts";
import type { WorktreeRecord, WorktreeStore } from "../../core/projects/worktree.ts";
import type { Conversation } from "../../core/turns/conversation.ts";
import type { Ledger, SessionStore } from "../../core/turns/ledger.ts";

export interface DeletedThreadsDeps {
  readonly projects: () => readonly Project[];
  readonly ledger: Pick<Ledger, "open" | "move">;
  readonly sessions: Pick<SessionStore, "current" | "reset">;
  readonly conversation: (conversationId: Snowflake) => Pick<Conversation, "cancel" | "revised">;
  readonly endAgent: (conversationId: Snowflake) => Promise<void>;
  readonly worktrees: WorktreeStore;
  /** Whether a thread was deleted; rejects when that can't be known. */
  readonly isGone: (threadId: Snowflake) => Promise<boolean>;
  /** Asks in the project's channel what becomes of a working copy. */
  readonly offer: (worktree: WorktreeRecord, project: Project) => Promise<void>;
  readonly log: {
    info(message: string, fields?: object): void;
    warn(message: string, fields?: object): void;
  };
}

export interface DeletedThreads {
  deleted(threadId: Snowflake, parentId: Snowflake): void;
  /** Looks whether threads with working copies were deleted meanwhile, and asks what was not asked yet. */
  lookAgain(): Promise<void>;
}

/** What becomes of a thread's session, turns and working copy when the thread is deleted. */
export function createDeletedThreads(deps: DeletedThreadsDeps): DeletedThreads {
  const { ledger, sessions, worktrees, log } = deps;

  /** Its messages are gone with it: what waits is withdrawn, what runs is stopped. */
  const endTurns = (threadId: Snowflake, parentId: Snowflake) => {
    const shared = ledger.open(parentId).filter(({ channelId }) => channelId === threadId);
    const own = ledger.open(threadId);
    // The newest first: none of them may begin because the one before it has ended.
    for (const { id, conversationId } of [...own, ...shared].toReversed()) {
      const conversation = deps.conversation(conversationId);
      if (ledger.move(id, "withdraw")) conversation.revised(id);
      else conversation.cancel(id);
    }
  };

  const offer = async (threadId: Snowflake) => {
    const tree = worktrees.of(threadId);
    const project = deps.projects().find(({ name }) => name === tree?.projectName);
    if (tree === undefined || tree.isOffered || project === undefined) return;
    try {
      await deps.offer(tree, project);
      worktrees.offered(threadId);
    } catch (error) {
      log.warn("it can't be asked yet what becomes of a thread's working copy", { thread: threadId, error });
    }
  };

  const close = async (threadId: Snowflake) => {
    if (sessions.current(threadId) !== undefined) {
      sessions.reset(threadId, "the thread was deleted");
      await deps.endAgent(threadId);
    }
    if (worktrees.of(threadId) === undefined) return;
    worktrees.threadDeleted(threadId);
    await offer(threadId);
  };

  return {
    deleted: (threadId, parentId) => {
      if (!deps.projects().some(({ channelId }) => channelId === parentId)) return;
      log.info("a thread was deleted", { conversation: threadId });
      endTurns(threadId, parentId);
      close(threadId).catch((error: unknown) =>
        log.warn("a deleted thread could not be put away", { conversation: threadId, error }),
      );
    },
    lookAgain: async () => {
      for (const { threadId, isThreadDeleted } of worktrees.all()) {
        try {
          if (isThreadDeleted) await offer(threadId);
          else if (await deps.isGone(threadId)) await close(threadId);
        } catch (error) {
          log.warn("it can't be told whether a thread is still there", { conversation: threadId, error });
        }
      }
    },
  };
}

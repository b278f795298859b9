import { existsSync } from "node:fs";
import type { AgentPool } from "../../core/agents/agent-pool.ts";
import { createWorktrees, type WorktreeGit, type Worktrees } from "../../core/projects/worktree.ts";
import { Refused } from "../../core/turns/reply.ts";
import { createChannelApi } from "../../discord/channel/channel-api.ts";
import { openThread } from "../../discord/channel/open-thread.ts";
import { worktreeButtons } from "../../discord/commands/worktree.ts";
import { worktreeOffer } from "../../discord/commands/worktree-view.ts";
import { channelIsGone } from "../../discord/gateway/channel-is-gone.ts";
import type { Gateway } from "../../discord/gateway/gateway.ts";
import type { InteractionHandler } from "../../discord/interactions/handler.ts";
import { createWorktreeGit } from "../../git/worktrees.ts";
import type { DaemonContext } from "../context.ts";
import { gitProcess } from "../git-process.ts";
import { createDeletedThreads, type DeletedThreads } from "../messages/deleted-threads.ts";
import type { Conversations } from "./conversations.ts";

/** A tree of a hundred thousand files on a slow disk takes a while. */
const GIT_TIMEOUT_MS = 5 * 60_000;

export interface OpenWorktrees extends Worktrees {
  readonly git: WorktreeGit;
}

/** The working copies that threads have of their projects. */
export function openWorktrees(
  { paths, env, stores }: DaemonContext,
  gateway: Pick<Gateway, "channelName">,
): OpenWorktrees {
  const git = createWorktreeGit({ ...gitProcess({ paths, env }), timeoutMs: GIT_TIMEOUT_MS });
  const worktrees = createWorktrees({
    store: stores.worktrees,
    git,
    root: paths.worktrees,
    threadName: gateway.channelName,
    exists: existsSync,
  });
  return { ...worktrees, git };
}

/** What is done with threads that are deleted, and the buttons under the question that follows. */
export function openDeletedThreads(
  { config, stores, writing, log }: DaemonContext,
  gateway: Gateway,
  agents: AgentPool,
  conversations: Conversations,
  { git }: OpenWorktrees,
): DeletedThreads & { readonly buttons: InteractionHandler } {
  const projects = () => config().projects;
  const deleted = createDeletedThreads({
    projects,
    ledger: stores.ledger,
    sessions: stores.sessions,
    conversation: conversations.of,
    endAgent: agents.end,
    worktrees: stores.worktrees,
    isGone: (threadId) => channelIsGone(gateway.rest, threadId),
    offer: async (tree, { channelId }) => {
      const work = await git.unsaved(tree, writing).catch((error: unknown) => {
        log.warn("a working copy can't be looked at", { path: tree.path, error });
        return undefined;
      });
      const message = worktreeOffer(tree, work);
      try {
        await createChannelApi(gateway.rest, channelId).create(message, { nonce: `wt-${tree.threadId}` });
      } catch (error) {
        if (!(error instanceof Refused)) throw error;
        // A forum takes no messages but in its posts.
        const name = `Working copy of ${tree.projectName}`.slice(0, 90);
        const userId = gateway.bot().userId;
        await openThread(
          gateway.rest,
          { parentId: channelId, like: channelId, name, userId, message },
          () => {},
        );
      }
    },
    log,
  });
  const buttons = worktreeButtons({
    projects,
    guildOf: gateway.guildOf,
    store: stores.worktrees,
    remove: (tree) => git.remove(tree, writing),
  });
  return { ...deleted, buttons };
}

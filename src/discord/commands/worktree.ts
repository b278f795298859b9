import type { Project, Snowflake } from "../../core/projects/project.ts";
import type { UnsavedWork, Worktree, WorktreeStore } from "../../core/projects/worktree.ts";
import { type InteractionHandler, interactionHandler, type Subject } from "../interactions/handler.ts";
import { worktreeKept, worktreeRemoved, worktreeStays } from "./worktree-view.ts";

export interface WorktreeButtonsDeps {
  readonly projects: () => readonly Project[];
  readonly guildOf: (channelId: Snowflake) => Snowflake | undefined;
  readonly store: Pick<WorktreeStore, "of" | "forget">;
  /** Removes it where nothing is lost by that; else gives what would be. */
  readonly remove: (worktree: Worktree) => Promise<UnsavedWork | undefined>;
}

interface WorktreeSubject extends Subject {
  readonly tree: Worktree;
  readonly removes: boolean;
}

/** The buttons under the question what becomes of a deleted thread's working copy. */
export function worktreeButtons(deps: WorktreeButtonsDeps): InteractionHandler {
  const removing = new Set<Snowflake>();
  return interactionHandler<WorktreeSubject>({
    action: "manage",
    subject: ({ input, guildId }) => {
      const [, choice, threadId = ""] = "customId" in input ? input.customId.split(":") : [];
      const tree = deps.store.of(threadId);
      const project = deps.projects().find(({ name }) => name === tree?.projectName);
      if (project === undefined || deps.guildOf(project.channelId) !== guildId) return OVER;
      // The working copy of a thread that is still there belongs to that.
      if (tree === undefined || !tree.isThreadDeleted) return OVER;
      return { guildId, projects: [project], tree, removes: choice === "remove" };
    },
    run: async ({ subject: { tree, removes }, interaction, answer }) => {
      const { userId } = interaction.actor;
      if (removing.has(tree.threadId)) return answer.whisper({ content: "It is being removed already." });
      if (!removes) return answer.update(worktreeKept(tree, userId));
      removing.add(tree.threadId);
      // Over before its answer is on its way: who reads that may press again at once.
      const unsaved = await deps.remove(tree).finally(() => removing.delete(tree.threadId));
      if (unsaved !== undefined) return answer.update(worktreeStays(tree, unsaved));
      deps.store.forget(tree.threadId);
      await answer.update(worktreeRemoved(tree, userId));
    },
  });
}

const OVER = "That working copy is no longer known here: it was removed, or its project was.";

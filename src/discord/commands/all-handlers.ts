import type { InteractionHandler } from "../interactions/handler.ts";
import type { InteractionHandlers } from "../interactions/interactions.ts";
import { type TurnDecisionsDeps, turnDecisions } from "../interactions/turn-decisions.ts";
import { commandHandlers } from "./commands.ts";
import type { CommandsDeps } from "./commands-deps.ts";

/** Handlers that belong to something that goes on by itself; by what stands before the colon of their custom_id. */
export interface RunningParts {
  /** Questions for permission. */
  readonly ask: InteractionHandler;
  /** Cancel under a project that is being added. */
  readonly add: InteractionHandler;
  /** Questions in the set-up channel. */
  readonly setup: InteractionHandler;
  /** The working copy of a deleted thread. */
  readonly worktree: InteractionHandler;
}

/** Everything that people can use; tests/security attacks each of them. */
export function allHandlers(
  commands: CommandsDeps,
  decisions: TurnDecisionsDeps,
  { ask, add, setup, worktree }: RunningParts,
): InteractionHandlers {
  const own = commandHandlers(commands);
  const components = { ...own.components, ...turnDecisions(decisions), ask, add, setup, worktree };
  return { ...own, components };
}

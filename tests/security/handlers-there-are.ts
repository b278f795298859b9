import { allHandlers } from "../../src/discord/commands/all-handlers.ts";
import { interactionHandler } from "../../src/discord/interactions/handler.ts";
import type { InteractionHandlers } from "../../src/discord/interactions/interactions.ts";

type Given = Parameters<typeof allHandlers>;

/** Everything that people can use, as the daemon puts it together; none of it can be run. */
export function handlersThereAre(): InteractionHandlers {
  const nothing = new Proxy({}, { get: () => () => undefined });
  const part = (action: "approve" | "manage" | "admin") =>
    interactionHandler({ action, subject: () => "nothing", run: async () => {} });
  const parts = { ask: part("approve"), add: part("admin"), setup: part("admin"), worktree: part("manage") };
  return allHandlers(nothing as Given[0], nothing as Given[1], parts);
}

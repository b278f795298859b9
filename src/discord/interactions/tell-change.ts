import type { Change } from "../../core/operations/change.ts";
import type { Events } from "../../core/operations/events.ts";
import type { Snowflake } from "../../core/projects/project.ts";
import type { IncomingInteraction } from "./incoming-interaction.ts";

/** Tells the audit log, and whoever else listens, what somebody has changed by an interaction. */
export function tellChange(
  { actor }: IncomingInteraction,
  { projectName, conversationId }: { readonly projectName: string; readonly conversationId: Snowflake },
  change: Change,
  { events }: { readonly events: Pick<Events, "emit"> },
): void {
  events.emit({ type: "changed", change, userId: actor.userId, conversationId, projectName });
}

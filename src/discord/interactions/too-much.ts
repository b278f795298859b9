import type { FloodGate } from "../../core/access/flood.ts";
import type { Events } from "../../core/operations/events.ts";
import type { Snowflake } from "../../core/projects/project.ts";
import { floodText } from "../channel/flood-text.ts";
import type { IncomingInteraction } from "./incoming-interaction.ts";

export interface TooMuchDeps {
  /** Says when too much is asked. */
  readonly floods: FloodGate;
  readonly events: Pick<Events, "emit">;
}

/** For whatever begins a turn: counts it, and says to the person why it may not begin now; undefined when it may. */
export function tooMuch(
  { actor }: IncomingInteraction,
  { projectName, conversationId }: { readonly projectName: string; readonly conversationId: Snowflake },
  { floods, events }: TooMuchDeps,
): string | undefined {
  const { userId, kind } = actor;
  const flood = floods.begin({ authorId: userId, kind, projectName, conversationId });
  if (flood === undefined) return undefined;
  events.emit({ type: "flood_refused", userId, conversationId, projectName, reason: flood.reason });
  return floodText(flood, projectName);
}

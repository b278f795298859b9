import { projectOf } from "../../core/messages/inbound.ts";
import type { Project, Snowflake } from "../../core/projects/project.ts";
import type { Subject } from "../interactions/handler.ts";
import type { IncomingInteraction } from "../interactions/incoming-interaction.ts";

/** The conversation in which a command was given. */
export interface Place extends Subject {
  readonly guildId: Snowflake;
  readonly project: Project;
  readonly conversationId: Snowflake;
}

/** The conversation of the interaction's channel or thread, or a sentence where there is none. */
export function placeOf(
  { channelId, parentChannelId, guildId }: IncomingInteraction,
  projects: readonly Project[],
): Place | string {
  const project = projectOf(channelId, parentChannelId, projects);
  if (project === undefined || guildId === undefined) return NO_PROJECT;
  return { guildId, project, projects: [project], conversationId: channelId };
}

export const NO_PROJECT = "This channel belongs to no project of mine. `/status` lists those that do.";

import { conversationOf, projectOf } from "../../core/messages/inbound.ts";
import type { Project, Snowflake } from "../../core/projects/project.ts";
import type { SessionStore } from "../../core/turns/ledger.ts";
import type { Subject } from "../interactions/handler.ts";
import type { IncomingInteraction } from "../interactions/incoming-interaction.ts";

/** The conversation in which a command was given. */
export interface ConversationSubject extends Subject {
  readonly guildId: Snowflake;
  readonly project: Project;
  readonly conversationId: Snowflake;
  /** The channel or thread itself. */
  readonly channelId: Snowflake;
}

export interface ConversationSubjectDeps {
  readonly projects: () => readonly Project[];
  readonly sessions: Pick<SessionStore, "current">;
  /** The project as a conversation has it: a thread's may be in a folder of its own. */
  readonly placed: (project: Project, conversationId: Snowflake) => Project;
}

/** The conversation of the interaction's channel or thread, or a sentence where there is none. */
export function conversationSubject(
  { channelId, parentChannelId, guildId }: IncomingInteraction,
  deps: ConversationSubjectDeps,
): ConversationSubject | string {
  const project = projectOf(channelId, parentChannelId, deps.projects());
  if (project === undefined || guildId === undefined) return NO_PROJECT;
  const hasSession = (id: Snowflake) => deps.sessions.current(id) !== undefined;
  const conversationId = conversationOf(channelId, project, hasSession);
  const placed = deps.placed(project, conversationId);
  return { guildId, project: placed, projects: [project], conversationId, channelId };
}

export const NO_PROJECT = "This channel belongs to no project of mine. `/status` lists those that do.";

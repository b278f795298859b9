import type { Snowflake } from "../../core/projects/project.ts";
import { cut } from "../reply/tool-line.ts";
import type { SessionSubject } from "./channel-sessions.ts";
import type { CommandsDeps } from "./commands-deps.ts";

/**
 * Opens a thread whose session begins as a copy of another one, as that stands now. Returns the thread. The copy is
 * made by the thread's agent, which is started at once for that reason.
 */
export async function forkSession(
  { conversationId, project, session }: SessionSubject,
  userId: Snowflake,
  deps: CommandsDeps,
): Promise<Snowflake> {
  const { sessionId, title, costUsd } = session;
  const about = title ?? session.firstPrompt ?? `session ${sessionId.slice(0, 8)}`;
  const name = cut(`Fork of ${about.replace(/\s+/g, " ").trim()}`, MOST_NAME);
  const content =
    `-# <@${userId}> forked the session of <#${conversationId}> into this thread: Claude knows what was said there, ` +
    "and each goes its own way from here.";
  return deps.openThread(
    { parentId: project.channelId, like: conversationId, name, userId, message: { content } },
    (threadId) => {
      const fork = {
        sessionId: deps.newId(),
        forkOf: sessionId,
        costUsd,
        projectName: project.name,
        title: name,
      };
      deps.warm(deps.sessions.fork(threadId, fork), project);
    },
  );
}

/** A thread's name has at most 100 characters. */
const MOST_NAME = 90;

import type { Snowflake } from "../../core/projects/project.ts";
import type { CommandsDeps } from "./commands-deps.ts";
import type { ConversationSubject } from "./conversation-subject.ts";

/** A session of one channel or thread. Times are ms since the epoch. */
export interface ChannelSession {
  readonly sessionId: string;
  readonly title: string | undefined;
  readonly messageCount: number;
  readonly costUsd: number;
  readonly lastActiveMs: number;
  /** Undefined for the current one. */
  readonly ended: { readonly atMs: number; readonly reason: string } | undefined;
  /** The first thing that was asked in it, where nobody has named it. */
  readonly firstPrompt: string | undefined;
}

/** A session of the channel in which somebody pressed a button of `/session`. */
export interface SessionSubject extends ConversationSubject {
  readonly session: ChannelSession;
}

export interface ChannelSessions {
  readonly current: ChannelSession | undefined;
  /** Those that can be gone back to, the latest first. */
  readonly past: readonly ChannelSession[];
}

export type ChannelSessionsDeps = Pick<CommandsDeps, "sessions" | "pastSessions">;

export function channelSessions(conversationId: Snowflake, deps: ChannelSessionsDeps): ChannelSessions {
  const current = deps.sessions.current(conversationId);
  return {
    current: current && { ...current, ended: undefined, firstPrompt: undefined },
    // One in which nothing was said is nothing to go back to.
    past: deps
      .pastSessions(conversationId)
      .filter(({ messageCount }) => messageCount > 0)
      .map(({ endedAtMs, reason, ...session }) => ({ ...session, ended: { atMs: endedAtMs, reason } })),
  };
}

/** One of them by its id. */
export function findChannelSession(
  { current, past }: ChannelSessions,
  sessionId: string,
): ChannelSession | undefined {
  return [...(current === undefined ? [] : [current]), ...past].find(
    (session) => session.sessionId === sessionId,
  );
}

import type { PastSession } from "../core/turns/ledger.ts";
import type { Database } from "./database.ts";

/** What commands show of a conversation besides its session. */
export interface ConversationFacts {
  /** Sessions that have ended, the latest first; at most 25, as many as a menu of Discord's holds. */
  pastSessions(conversationId: string): readonly PastSession[];
  /** Sessions that somebody ended in a shell since then. */
  endedInShell(sinceMs: number): readonly EndedSession[];
  /** Tokens in the window after the last answer of the current session that told them, and the window's size. */
  context(conversationId: string): { tokens: number; window: number } | undefined;
}

export interface EndedSession {
  readonly sessionId: string;
  readonly conversationId: string;
  readonly projectName: string;
}

export function createConversationFacts(db: Database): ConversationFacts {
  const past = db.prepare(`
    SELECT session_id AS sessionId, title, message_count AS messageCount, cost_usd AS costUsd,
      last_active AS lastActive, ended_at AS endedAt, reason,
      (SELECT prompt FROM turns WHERE turns.session_id = past_sessions.session_id AND prompt <> ''
        ORDER BY sequence LIMIT 1) AS firstPrompt
    FROM past_sessions WHERE channel_id = ? ORDER BY ended_at DESC, session_id LIMIT 25`);
  const endedInShell = db.prepare(`
    SELECT session_id AS sessionId, channel_id AS conversationId, project_name AS projectName
    FROM past_sessions WHERE ended_at >= ? AND reason LIKE '% in a shell' ORDER BY ended_at`);
  const context = db.prepare(`
    SELECT context_tokens AS tokens, context_window AS window FROM turns
    WHERE session_id = (SELECT session_id FROM sessions WHERE channel_id = ?) AND context_window > 0
    ORDER BY sequence DESC LIMIT 1`);

  return {
    pastSessions: (conversationId) =>
      (past.all(conversationId) as PastRow[]).map(({ lastActive, endedAt, title, firstPrompt, ...row }) => ({
        ...row,
        title: title ?? undefined,
        firstPrompt: firstPrompt ?? undefined,
        lastActiveMs: Date.parse(lastActive),
        endedAtMs: Date.parse(endedAt),
      })),
    endedInShell: (sinceMs) => endedInShell.all(new Date(sinceMs).toISOString()) as EndedSession[],
    context: (conversationId) =>
      context.get(conversationId) as { tokens: number; window: number } | undefined,
  };
}

interface PastRow {
  readonly sessionId: string;
  readonly title: string | null;
  readonly messageCount: number;
  readonly costUsd: number;
  readonly lastActive: string;
  readonly endedAt: string;
  readonly reason: string;
  readonly firstPrompt: string | null;
}

import type { Database } from "./database.ts";

/** What commands show of a conversation besides its session. */
export interface ConversationFacts {
  /** Sessions that have ended, the latest first. */
  pastSessions(conversationId: string): readonly {
    readonly sessionId: string;
    readonly messageCount: number;
    readonly lastActiveMs: number;
    readonly reason: string;
  }[];
  /** Tokens in the window after the last answer of the current session that told them, and the window's size. */
  context(conversationId: string): { tokens: number; window: number } | undefined;
}

export function createConversationFacts(db: Database): ConversationFacts {
  const past = db.prepare(`
    SELECT session_id AS sessionId, message_count AS messageCount, last_active AS lastActive, reason
    FROM past_sessions WHERE channel_id = ? ORDER BY ended_at DESC LIMIT 10`);
  const context = db.prepare(`
    SELECT context_tokens AS tokens, context_window AS window FROM turns
    WHERE session_id = (SELECT session_id FROM sessions WHERE channel_id = ?) AND context_window > 0
    ORDER BY sequence DESC LIMIT 1`);

  return {
    pastSessions: (conversationId) =>
      (past.all(conversationId) as PastRow[]).map(({ lastActive, ...row }) => ({
        ...row,
        lastActiveMs: Date.parse(lastActive),
      })),
    context: (conversationId) =>
      context.get(conversationId) as { tokens: number; window: number } | undefined,
  };
}

interface PastRow {
  readonly sessionId: string;
  readonly messageCount: number;
  readonly lastActive: string;
  readonly reason: string;
}

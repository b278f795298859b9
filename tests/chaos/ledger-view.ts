import Sqlite from "better-sqlite3";

/** A turn as its row says. */
export interface TurnRow {
  readonly id: string;
  readonly messageId: string | null;
  readonly conversationId: string;
  readonly state: string;
  readonly failureCode: string | null;
  readonly sessionId: string | null;
  readonly attempts: number;
  /** The tool with effects that is at work. */
  readonly openTool: string | null;
  /** When it first started, in ms since the epoch. */
  readonly startedAtMs: number | null;
}

export interface SessionRow {
  readonly conversationId: string;
  readonly sessionId: string;
  readonly messageCount: number;
}

/** What stands in the daemon's database, read from outside. */
export interface LedgerView {
  turns(): TurnRow[];
  sessions(): SessionRow[];
  pastSessions(): { sessionId: string; endedAtMs: number }[];
  /** The messages that ask for permission. */
  questions(): string[];
  /** The messages that were sent, each with its turn. */
  deliveries(): { turnId: string; messageId: string | null }[];
  /** What SQLite's own checks find; empty when all is well. */
  damage(): string[];
  close(): void;
}

export function viewLedger(file: string): LedgerView {
  const db = new Sqlite(file, { readonly: true, timeout: 5_000 });
  return {
    turns: () =>
      db
        .prepare(
          `SELECT id, message_id AS messageId, conversation_id AS conversationId, state,
             failure_code AS failureCode, session_id AS sessionId, attempts, open_tool AS openTool,
             started_at AS startedAtMs
           FROM turns ORDER BY sequence`,
        )
        .all() as TurnRow[],
    sessions: () =>
      db
        .prepare(
          `SELECT channel_id AS conversationId, session_id AS sessionId, message_count AS messageCount
           FROM sessions`,
        )
        .all() as SessionRow[],
    pastSessions: () =>
      (
        db.prepare("SELECT session_id AS sessionId, ended_at AS endedAt FROM past_sessions").all() as {
          sessionId: string;
          endedAt: string;
        }[]
      ).map(({ sessionId, endedAt }) => ({ sessionId, endedAtMs: Date.parse(endedAt) })),
    questions: () =>
      db.prepare("SELECT message_id FROM prompts WHERE message_id IS NOT NULL").pluck().all() as string[],
    deliveries: () =>
      db.prepare("SELECT turn_id AS turnId, message_id AS messageId FROM deliveries").all() as {
        turnId: string;
        messageId: string | null;
      }[],
    damage: () => {
      const integrity = db.prepare("PRAGMA integrity_check").pluck().all() as string[];
      const orphans = db.prepare("PRAGMA foreign_key_check").all();
      return [
        ...integrity.filter((line) => line !== "ok"),
        ...orphans.map((row) => `a row without its parent: ${JSON.stringify(row)}`),
      ];
    },
    close: () => void db.close(),
  };
}

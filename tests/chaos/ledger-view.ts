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
  pastSessionIds(): string[];
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
             failure_code AS failureCode, session_id AS sessionId, attempts FROM turns ORDER BY sequence`,
        )
        .all() as TurnRow[],
    sessions: () =>
      db
        .prepare(
          `SELECT channel_id AS conversationId, session_id AS sessionId, message_count AS messageCount
           FROM sessions`,
        )
        .all() as SessionRow[],
    pastSessionIds: () => db.prepare("SELECT session_id FROM past_sessions").pluck().all() as string[],
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

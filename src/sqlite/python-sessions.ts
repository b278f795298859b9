import type { Database } from "./database.ts";

/** Whether the file is the predecessor's: it has a `sessions` table, and no schema version of ours. */
export function isPythonDatabase(db: Database): boolean {
  return columnsOf(db, "sessions").includes("session_id");
}

/**
 * Takes over the Python bot's sessions, so that its users' conversations go on. Call it before the schema is made
 * (it moves the old table aside, where it stays) and what it returns afterwards.
 */
export function adoptPythonSessions(db: Database): () => void {
  const columns = columnsOf(db, "sessions");
  db.exec("ALTER TABLE sessions RENAME TO sessions_of_python_bot");
  // Not every version of it had every column.
  const or = (column: string, fallback: string) => (columns.includes(column) ? column : fallback);
  const lastActive = or("last_active", "strftime('%Y-%m-%dT%H:%M:%SZ', 'now')");
  return () => {
    db.exec(`
      INSERT OR IGNORE INTO sessions
        (channel_id, project_name, session_id, message_count, last_active, created_at, started)
      SELECT CAST(channel_id AS TEXT), ${or("project_name", "''")}, CAST(session_id AS TEXT),
        CAST(${or("message_count", "0")} AS INTEGER), CAST(${lastActive} AS TEXT),
        CAST(${or("created_at", lastActive)} AS TEXT), 1
      FROM sessions_of_python_bot WHERE channel_id IS NOT NULL AND session_id IS NOT NULL;
      INSERT OR IGNORE INTO conversations (channel_id) SELECT channel_id FROM sessions;
    `);
  };
}

function columnsOf(db: Database, table: string): string[] {
  return db.prepare("SELECT name FROM pragma_table_info(?)").pluck().all(table) as string[];
}

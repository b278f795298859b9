import type { Database } from "./database.ts";

/** What is forgotten of turns that have ended; each call is one small transaction. */
export interface Retention {
  /** Removes up to `limit` turns that ended before `beforeMs` (ms since the epoch); returns how many went. */
  prune(beforeMs: number, limit: number): number;
  /** Empties up to `limit` prompts and answers; those of expired turns stay, since they can still be run. */
  dropText(limit: number): number;
}

export function createRetention(db: Database): Retention {
  // What was sent for them, and what came with them, goes too: ON DELETE CASCADE.
  const prune = db.prepare(`
    DELETE FROM turns WHERE id IN (
      SELECT id FROM turns WHERE ended_at < ? AND state IN ('answered','failed','cancelled','expired') LIMIT ?)`);
  const withText = db
    .prepare(`
    SELECT id FROM turns WHERE ended_at IS NOT NULL AND state IN ('answered','failed','cancelled')
      AND (prompt <> '' OR answer <> '') LIMIT ?`)
    .pluck();
  const empty = db.prepare("UPDATE turns SET prompt = '', answer = NULL WHERE id = ?");
  const forgetMaterial = db.prepare("DELETE FROM turn_material WHERE turn_id = ?");

  return {
    prune: (beforeMs, limit) => prune.run(beforeMs, limit).changes,
    dropText: db.transaction((limit: number) => {
      const ids = withText.all(limit) as string[];
      for (const id of ids) {
        empty.run(id);
        forgetMaterial.run(id);
      }
      return ids.length;
    }).immediate,
  };
}

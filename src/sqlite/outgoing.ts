import type { OutgoingFile, OutgoingStore } from "../core/messages/outgoing.ts";
import type { Database } from "./database.ts";
import { IS_OPEN, OPEN_TURNS } from "./open-turns.ts";

/** Files below answers. The ledger gives those that wait to the turn that ends. `now` gives ms since the epoch. */
export function createOutgoingStore(db: Database, now: () => number): OutgoingStore {
  const same = db.prepare(`
    SELECT 1 FROM outgoing_files WHERE conversation_id = ? AND turn_id IS NULL AND name = ? AND sha256 = ?`);
  const insert = db.prepare(`
    INSERT INTO outgoing_files (conversation_id, name, path, size_bytes, sha256, created_at)
    VALUES (?, ?, ?, ?, ?, ?)`);
  const waiting = db
    .prepare("SELECT count(*) FROM outgoing_files WHERE conversation_id = ? AND turn_id IS NULL")
    .pluck();
  const ofTurn = db.prepare(
    "SELECT name, path, size_bytes AS sizeBytes FROM outgoing_files WHERE turn_id = ? ORDER BY id",
  );
  const unsent = db
    .prepare(`
    SELECT path FROM outgoing_files WHERE turn_id IS NULL
      OR turn_id IN (SELECT id FROM ${OPEN_TURNS} WHERE ${IS_OPEN} AND state = 'delivering')`)
    .pluck();

  return {
    add: db.transaction((conversationId, { name, path, sizeBytes, sha256 }) => {
      if (same.get(conversationId, name, sha256) !== undefined) return false;
      insert.run(conversationId, name, path, sizeBytes, sha256, now());
      return true;
    }).immediate,
    waiting: (conversationId) => waiting.get(conversationId) as number,
    ofTurn: (turnId) => ofTurn.all(turnId) as OutgoingFile[],
    unsentPaths: () => unsent.all() as string[],
  };
}

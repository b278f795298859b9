import type { Delivery, DeliveryStore } from "../core/turns/ledger.ts";
import type { Database } from "./database.ts";

/** What was sent for each turn. `now` gives ms since the epoch. */
export function createDeliveryStore(db: Database, now: () => number): DeliveryStore {
  const ofTurn = db.prepare(`
    SELECT turn_id AS turnId, position, nonce, message_id AS messageId, created_at AS createdAtMs
    FROM deliveries WHERE turn_id = ? ORDER BY position`);
  const known = db.prepare("SELECT 1 FROM deliveries WHERE message_id = ?");
  const plan = db.prepare(`
    INSERT INTO deliveries (turn_id, position, nonce, created_at) VALUES (?, ?, ?, ?)
    ON CONFLICT (turn_id, position) DO UPDATE SET nonce = excluded.nonce, message_id = NULL,
      created_at = excluded.created_at`);
  const sent = db.prepare("UPDATE deliveries SET message_id = ? WHERE turn_id = ? AND position = ?");
  const forget = db.prepare("DELETE FROM deliveries WHERE turn_id = ? AND position = ?");

  return {
    ofTurn: (turnId) =>
      (ofTurn.all(turnId) as (Omit<Delivery, "messageId"> & { messageId: string | null })[]).map((row) => ({
        ...row,
        messageId: row.messageId ?? undefined,
      })),
    has: (messageId) => known.get(messageId) !== undefined,
    plan: (turnId, position, nonce) => {
      plan.run(turnId, position, nonce, now());
    },
    sent: (turnId, position, messageId) => {
      sent.run(messageId, turnId, position);
    },
    forget: (turnId, position) => {
      forget.run(turnId, position);
    },
  };
}

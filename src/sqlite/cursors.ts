import type { CursorStore } from "../core/ledger.ts";
import type { Database } from "./database.ts";

/** Per channel and thread, the newest message that was looked at. */
export function createCursorStore(db: Database): CursorStore {
  const get = db.prepare("SELECT message_id FROM cursors WHERE channel_id = ?").pluck();
  // Snowflakes are compared as numbers: as text, one with fewer digits would count as newer.
  const advance = db.prepare(`
    INSERT INTO cursors (channel_id, message_id) VALUES (?, ?)
    ON CONFLICT (channel_id) DO UPDATE SET message_id = excluded.message_id
    WHERE CAST(excluded.message_id AS INTEGER) > CAST(cursors.message_id AS INTEGER)`);

  return {
    cursor: (channelId) => get.get(channelId) as string | undefined,
    advance: (channelId, messageId) => {
      advance.run(channelId, messageId);
    },
  };
}

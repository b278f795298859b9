import type { CursorStore } from "../core/turns/ledger.ts";
import type { Database } from "./database.ts";

/** Per channel and thread, where looking began and the newest message that was looked at. */
export function createCursorStore(db: Database): CursorStore {
  const get = db.prepare("SELECT message_id FROM cursors WHERE channel_id = ?").pluck();
  const getFirst = db.prepare("SELECT first_message_id FROM cursors WHERE channel_id = ?").pluck();
  const begin = db.prepare(`
    INSERT OR IGNORE INTO cursors (channel_id, message_id, first_message_id) VALUES (@channelId, @messageId, @messageId)`);
  // Snowflakes are compared as numbers: as text, one with fewer digits would count as newer.
  const advance = db.prepare(`
    INSERT INTO cursors (channel_id, message_id) VALUES (?, ?)
    ON CONFLICT (channel_id) DO UPDATE SET message_id = excluded.message_id
    WHERE CAST(excluded.message_id AS INTEGER) > CAST(cursors.message_id AS INTEGER)`);
  const getSeen = db.prepare("SELECT threads_seen_at FROM cursors WHERE channel_id = ?").pluck();
  const setSeen = db.prepare("UPDATE cursors SET threads_seen_at = ? WHERE channel_id = ?");

  return {
    cursor: (channelId) => get.get(channelId) as string | undefined,
    beginning: (channelId) => (getFirst.get(channelId) ?? undefined) as string | undefined,
    begin: (channelId, messageId) => {
      begin.run({ channelId, messageId });
    },
    advance: (channelId, messageId) => {
      advance.run(channelId, messageId);
    },
    threadsSeenAtMs: (channelId) => (getSeen.get(channelId) ?? undefined) as number | undefined,
    threadsSeen: (channelId, atMs) => {
      setSeen.run(atMs, channelId);
    },
  };
}

import { EMPTY_END } from "../../src/core/turns/turn.ts";
import { createCursorStore } from "../../src/sqlite/cursors.ts";
import { type Database, openDatabase } from "../../src/sqlite/database.ts";
import { createLedger } from "../../src/sqlite/ledger.ts";
import type { Bot } from "./bot.ts";

/** So many come through the real store, which takes its time; those beyond are copies of theirs. */
const THROUGH_STORE = 10_000;

/**
 * Puts turns into a bot's ledger before its first start, spread over its channels; `isOpen` says which have not
 * ended. Cursors stand at the newest message, so that nothing was missed.
 */
export function fillLedger(
  { databaseFile, discord, channels }: Bot,
  turns: number,
  isOpen: (index: number) => boolean,
): void {
  const db = openDatabase(databaseFile);
  // Only the filling is in a hurry; the daemon opens the file anew.
  db.pragma("synchronous = OFF");
  const ledger = createLedger(db, Date.now);
  const cursors = createCursorStore(db);
  const answer = "It reads the file and counts its lines.";
  db.transaction(() => {
    for (let index = 0; index < Math.min(turns, THROUGH_STORE); index += 1) {
      const channel = channels[index % channels.length] ?? { id: "", name: "" };
      const id = `turn-${index}`;
      ledger.accept({
        id,
        conversationId: channel.id,
        guildId: discord.guild.id,
        projectName: channel.name,
        messageId: `1${String(index).padStart(17, "0")}`,
        authorId: discord.owner.id,
        authorName: "owner",
        prompt: `What does this function do? m${index}`,
      });
      if (isOpen(index)) continue;
      ledger.move(id, "start");
      ledger.end(id, { ...EMPTY_END, outcome: "answered", answer });
      ledger.move(id, "deliver");
    }
    for (let count = THROUGH_STORE; count < turns; count += THROUGH_STORE) copyFirst(db, count);
    for (const { id } of channels) cursors.advance(id, discord.messages(id).at(-1)?.id ?? id);
  })();
  db.close();
}

function copyFirst(db: Database, offset: number): void {
  const columns = (db.pragma("table_info(turns)") as { name: string }[]).map(({ name }) => name);
  const copied: Readonly<Record<string, string>> = {
    id: "id || '-' || @offset",
    sequence: "sequence + @offset",
    message_id: "CAST(CAST(message_id AS INTEGER) + @offset AS TEXT)",
  };
  const values = columns.map((name) => copied[name] ?? name);
  const copy = db.prepare(`
    INSERT INTO turns (${columns.join(", ")})
    SELECT ${values.join(", ")} FROM turns WHERE sequence <= ${THROUGH_STORE}`);
  // As an integer: a number is a REAL to SQLite, too coarse for a snowflake.
  copy.run({ offset: BigInt(offset) });
}

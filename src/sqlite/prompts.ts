import type { Prompt, PromptStore } from "../core/turns/prompts.ts";
import type { Database } from "./database.ts";

/** Questions to people and what became of them. `now` gives ms since the epoch. */
export function createPromptStore(db: Database, now: () => number): PromptStore {
  const insert = db.prepare(`
    INSERT INTO prompts (id, turn_id, conversation_id, tool_name, text, state, opened_at)
    VALUES (@id, @turnId, @conversationId, @toolName, @text, 'open', @openedAtMs)`);
  const setMessage = db.prepare("UPDATE prompts SET message_id = ? WHERE id = ?");
  const decide = db.prepare(`
    UPDATE prompts SET state = @state, decided_by = @decidedBy, decided_at = @decidedAtMs
    WHERE id = @id AND state = 'open'`);
  const select = `
    SELECT id, turn_id AS turnId, conversation_id AS conversationId, tool_name AS toolName, text,
      message_id AS messageId, state, decided_by AS decidedBy, opened_at AS openedAtMs, decided_at AS decidedAtMs
    FROM prompts`;
  const byId = db.prepare(`${select} WHERE id = ?`);
  const known = db.prepare("SELECT 1 FROM prompts WHERE message_id = ?");
  const stillOpen = db.prepare(`${select} WHERE state = 'open' ORDER BY opened_at`);

  return {
    opened: (prompt) => {
      insert.run({ ...prompt, openedAtMs: now() });
    },
    posted: (id, messageId) => {
      setMessage.run(messageId, id);
    },
    decide: (id, state, decidedBy) =>
      decide.run({ id, state, decidedBy: decidedBy ?? null, decidedAtMs: now() }).changes > 0,
    find: (id) => {
      const row = byId.get(id) as PromptRow | undefined;
      return row && promptOf(row);
    },
    has: (messageId) => known.get(messageId) !== undefined,
    open: () => (stillOpen.all() as PromptRow[]).map(promptOf),
  };
}

interface PromptRow extends Omit<Prompt, "messageId" | "decidedBy" | "decidedAtMs"> {
  readonly messageId: string | null;
  readonly decidedBy: string | null;
  readonly decidedAtMs: number | null;
}

function promptOf(row: PromptRow): Prompt {
  return {
    ...row,
    messageId: row.messageId ?? undefined,
    decidedBy: row.decidedBy ?? undefined,
    decidedAtMs: row.decidedAtMs ?? undefined,
  };
}

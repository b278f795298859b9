import { hasMaterial, NO_MATERIAL } from "../core/messages/material.ts";
import type { Ledger, UnfinishedConversation } from "../core/turns/ledger.ts";
import {
  EMPTY_END,
  nextTurnState,
  type Turn,
  type TurnEvent,
  type TurnNote,
  type TurnOutcome,
} from "../core/turns/turn.ts";
import type { Database } from "./database.ts";
import { IS_OPEN, OPEN_TURNS } from "./open-turns.ts";
import { endRow, type TurnRow, turnOf } from "./turn-row.ts";
import { createUsageCount } from "./usage.ts";

/**
 * The ledger in SQLite. `now` gives ms since the epoch. Where `dropsText` says so, a turn's prompt and answer go
 * with its end; those of an expired one stay, since it can still be run.
 */
export function createLedger(
  db: Database,
  now: () => number,
  dropsText: () => boolean = () => false,
): Ledger {
  const insert = db.prepare(`
    INSERT INTO turns (id, sequence, conversation_id, guild_id, project_name, message_id, author_id, author_name,
      prompt, state, generation, accepted_at, rerun_message_id, edited_at, asked_in)
    VALUES (@id, (SELECT coalesce(max(sequence), 0) + 1 FROM turns), @conversationId, @guildId, @projectName,
      @messageId, @authorId, @authorName, @prompt, 'accepted',
      (SELECT generation FROM conversations WHERE channel_id = @conversationId), @acceptedAt, @rerunMessageId,
      @editedAt, @askedIn)
    ON CONFLICT (message_id) DO NOTHING
    ON CONFLICT (rerun_message_id, edited_at) WHERE rerun_message_id IS NOT NULL DO NOTHING`);
  const ensureConversation = db.prepare("INSERT OR IGNORE INTO conversations (channel_id) VALUES (?)");
  const keepMaterial = db.prepare("INSERT INTO turn_material (turn_id, material) VALUES (?, ?)");
  const takeFiles = db.prepare(
    "UPDATE outgoing_files SET turn_id = ? WHERE conversation_id = ? AND turn_id IS NULL",
  );
  const byId = db.prepare("SELECT * FROM turns WHERE id = ?");
  const byMessage = db.prepare(`
    SELECT * FROM turns WHERE message_id = @id OR rerun_message_id = @id ORDER BY sequence DESC LIMIT 1`);
  const setRevision = db.prepare(`
    UPDATE turns SET prompt = @prompt, edited_at = @editedAtMs
    WHERE id = @id AND state IN ('accepted','queued') AND attempts = 0`);
  const askedIn = db.prepare(`
    SELECT 1 FROM turns JOIN conversations ON channel_id = conversation_id
    WHERE asked_in = ? AND turns.generation = conversations.generation LIMIT 1`);
  const emptyText = db.prepare("UPDATE turns SET prompt = '', answer = NULL WHERE id = ?");
  const dropMaterial = db.prepare("DELETE FROM turn_material WHERE turn_id = ?");
  const openOf = db.prepare(`
    SELECT * FROM ${OPEN_TURNS} WHERE ${IS_OPEN} AND conversation_id = ? AND state <> 'delivering' ORDER BY sequence`);
  const undeliveredOf = db.prepare(`
    SELECT * FROM ${OPEN_TURNS} WHERE ${IS_OPEN} AND conversation_id = ? AND state = 'delivering' ORDER BY sequence`);
  const unfinished = db.prepare(`
    SELECT conversation_id AS conversationId, project_name AS projectName, guild_id AS guildId
    FROM ${OPEN_TURNS} WHERE ${IS_OPEN}
    GROUP BY conversation_id ORDER BY min(sequence)`);
  const setState = db.prepare(`
    UPDATE turns SET state = @state, held_until = @heldUntil, held_by = @heldBy,
      attempts = attempts + (@event = 'start'),
      -- One that waited through a reset runs in the new session, and counts there.
      generation = CASE WHEN @event = 'start'
        THEN (SELECT generation FROM conversations WHERE channel_id = conversation_id) ELSE generation END,
      started_at = CASE WHEN @event = 'start' THEN coalesce(started_at, @now) ELSE started_at END,
      open_tool = CASE WHEN @event = 'start' THEN NULL ELSE open_tool END,
      ended_at = CASE WHEN @event IN ('deliver','give_up','withdraw') THEN @now ELSE ended_at END,
      outcome = CASE @event WHEN 'withdraw' THEN 'cancelled' WHEN 'give_up' THEN 'failed' ELSE outcome END,
      failure_code = CASE WHEN @event = 'give_up' THEN coalesce(failure_code, 'undeliverable') ELSE failure_code END,
      error_id = coalesce(error_id, @errorId),
      awaits = CASE WHEN @event = 'withdraw' THEN NULL ELSE awaits END
    WHERE id = @id`);
  const setSession = db.prepare("UPDATE turns SET session_id = ? WHERE id = ? AND state = 'running'");
  const setEnd = db.prepare(`
    UPDATE turns SET state = 'delivering', outcome = @outcome, answer = @answer, failure_code = @failureCode,
      error_id = @errorId, resets_at = @resetsAt, notes = @notes, session_id = @sessionId, held_until = NULL,
      held_by = NULL, open_tool = NULL, awaits = NULL,
      cost_usd = @costUsd, duration_ms = @durationMs, num_turns = @numTurns, input_tokens = @inputTokens,
      output_tokens = @outputTokens, context_tokens = @contextTokens, context_window = @contextWindow
    WHERE id = @id`);
  // Also while it is being told: a quick person presses the button before Discord has answered us.
  const reopen = db.prepare(`
    UPDATE turns SET state = 'accepted', outcome = NULL, answer = NULL, ended_at = NULL,
      sequence = (SELECT max(sequence) + 1 FROM turns)
    WHERE id = ? AND outcome = 'expired' AND state IN ('delivering', 'expired')`);
  // Those behind it whose notice is that of the first.
  const expiredWith = db
    .prepare(`
    SELECT told.id FROM turns AS first JOIN turns AS told USING (conversation_id)
    WHERE first.id = @id AND told.outcome = 'expired'
      AND (told.id = @id OR json_extract(told.notes, '$[0].turnId') = @id) ORDER BY told.sequence`)
    .pluck();
  const setNotes = db.prepare("UPDATE turns SET notes = ? WHERE id = ?");
  const setTool = db.prepare("UPDATE turns SET open_tool = ? WHERE id = ?");
  const setAwaits = db.prepare("UPDATE turns SET awaits = ? WHERE id = ?");
  const goOn = db.prepare("UPDATE turns SET awaits = NULL, open_tool = NULL WHERE id = ?");
  const cutShort = db.prepare(`
    SELECT id, state FROM ${OPEN_TURNS} WHERE ${IS_OPEN}
      AND (state = 'running' OR (state = 'queued' AND open_tool IS NOT NULL AND awaits IS NULL)) ORDER BY sequence`);
  const generationOf = db.prepare("SELECT generation FROM conversations WHERE channel_id = ?").pluck();
  const countCrash = db.prepare("UPDATE turns SET state = 'queued', crashes = crashes + 1 WHERE id = ?");
  // One that ends after a reset counts where it ran: the old session does not come back for it.
  const counts =
    "message_count = message_count + @messages, last_active = @lastActive, cost_usd = max(cost_usd, @costUsd)";
  const itsSession = "channel_id = @conversationId AND session_id = @sessionId";
  const countMessage = db.prepare(`UPDATE sessions SET ${counts}, started = 1 WHERE ${itsSession}`);
  const countInPast = db.prepare(`UPDATE past_sessions SET ${counts} WHERE ${itsSession}`);
  const countUsage = createUsageCount(db);

  const read = (row: unknown): Turn | undefined => (row === undefined ? undefined : turnOf(row as TurnRow));
  const turn = (id: string) => read(byId.get(id));
  const target = (id: string, event: TurnEvent, outcome: TurnOutcome | undefined) => {
    const current = turn(id);
    return current && nextTurnState(current.state, event, outcome ?? current.end?.outcome);
  };

  const accept: Ledger["accept"] = ({ material = NO_MATERIAL, editedAtMs, ...accepted }) => {
    ensureConversation.run(accepted.conversationId);
    const { channelId = accepted.conversationId } = accepted;
    const { changes } = insert.run({
      ...accepted,
      askedIn: channelId === accepted.conversationId ? null : channelId,
      messageId: editedAtMs === undefined ? (accepted.messageId ?? null) : null,
      rerunMessageId: editedAtMs === undefined ? null : (accepted.messageId ?? null),
      editedAt: editedAtMs ?? null,
      authorId: accepted.authorId ?? null,
      authorName: accepted.authorName ?? null,
      acceptedAt: now(),
    });
    if (changes === 0) return undefined;
    if (hasMaterial(material)) keepMaterial.run(accepted.id, JSON.stringify(material));
    return turn(accepted.id);
  };

  const conclude: Ledger["end"] = (id, end, session) => {
    const current = turn(id);
    if (current === undefined || target(id, "end", end.outcome) === undefined) return false;
    setEnd.run({ id, ...endRow(end), sessionId: session?.sessionId ?? null });
    if (end.outcome !== "expired") takeFiles.run(id, current.conversationId);
    countUsage(current, end, now());
    if (session !== undefined) {
      const counted = {
        conversationId: current.conversationId,
        lastActive: new Date(now()).toISOString(),
        messages: current.messageId === undefined ? 0 : 1,
        ...session,
      };
      if (countMessage.run(counted).changes === 0) countInPast.run(counted);
    }
    return true;
  };

  return {
    accept: db.transaction(accept).immediate,

    record: db.transaction((known, end, session) => {
      if (accept(known) === undefined) return undefined;
      conclude(known.id, end, session);
      return turn(known.id);
    }).immediate,

    revise: db.transaction((id, { material, ...revision }) => {
      if (setRevision.run({ id, ...revision }).changes === 0) return false;
      dropMaterial.run(id);
      if (hasMaterial(material)) keepMaterial.run(id, JSON.stringify(material));
      return true;
    }).immediate,

    ofMessage: (messageId) => read(byMessage.get({ id: messageId })),

    expire: db.transaction((missed, why, noticeOf) => {
      if (accept(missed) === undefined) return undefined;
      const told = noticeOf === undefined ? undefined : turn(noticeOf)?.end?.notes[0];
      const counted = told?.type === "left_out" ? told : { type: "left_out" as const, tooOld: 0, tooMany: 0 };
      const notice =
        why === "too_old"
          ? { ...counted, tooOld: counted.tooOld + 1 }
          : { ...counted, tooMany: counted.tooMany + 1 };
      const own: TurnNote = noticeOf === undefined ? notice : { type: "told_with", turnId: noticeOf };
      conclude(missed.id, { ...EMPTY_END, outcome: "expired", notes: [own] });
      if (noticeOf !== undefined) setNotes.run(JSON.stringify([notice]), noticeOf);
      return turn(missed.id);
    }).immediate,

    revive: db.transaction((id) => {
      const revived = (expiredWith.all({ id }) as string[]).map((each) => reopen.run(each).changes);
      return revived.includes(1);
    }).immediate,

    begun: (id, sessionId) => {
      setSession.run(sessionId, id);
    },
    noteTool: (id, tool) => {
      setTool.run(tool ?? null, id);
    },
    await: (id, decision) => {
      if (decision === undefined) goOn.run(id);
      else setAwaits.run(decision, id);
    },
    recover: db.transaction((decide) => {
      for (const { id, state } of cutShort.all() as Pick<TurnRow, "id" | "state">[]) {
        if (state === "running") countCrash.run(id);
        const decision = decide(turn(id) as Turn);
        if (decision.fate === "ask") setAwaits.run("restart", id);
        if (decision.fate === "give_up") conclude(id, decision.end);
      }
    }).immediate,

    nextOpen: (conversationId) => read(openOf.get(conversationId)),
    open: (conversationId) => (openOf.all(conversationId) as TurnRow[]).map(turnOf),
    undelivered: (conversationId) => (undeliveredOf.all(conversationId) as TurnRow[]).map(turnOf),
    unfinishedConversations: () => unfinished.all() as UnfinishedConversation[],
    wasAskedIn: (channelId) => askedIn.get(channelId) !== undefined,
    turn,

    move: db.transaction((id, event, options) => {
      const state = target(id, event, undefined);
      if (state === undefined) return false;
      const { heldUntilMs: heldUntil = null, heldBy = null, errorId = null, generation } = options ?? {};
      if (generation !== undefined && generation !== generationOf.get(turn(id)?.conversationId)) return false;
      setState.run({ id, event, state, heldUntil, heldBy, errorId, now: now() });
      if (DONE.has(state) && dropsText()) {
        emptyText.run(id);
        dropMaterial.run(id);
      }
      return true;
    }).immediate,

    end: db.transaction(conclude).immediate,
  };
}

/** Nothing can follow. */
const DONE: ReadonlySet<Turn["state"]> = new Set<Turn["state"]>(["answered", "failed", "cancelled"]);

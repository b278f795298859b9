import type { History, SessionRecord, TurnRecord } from "../core/history/history.ts";
import type { TurnOutcome, TurnState } from "../core/turns/turn.ts";
import type { Database } from "./database.ts";
import { IS_OPEN, OPEN_TURNS } from "./open-turns.ts";

/** Looks back at sessions and turns. */
export function createHistory(db: Database): History {
  const openTurns = `
    (SELECT count(*) FROM ${OPEN_TURNS} WHERE ${IS_OPEN} AND turns.conversation_id = sessions.channel_id)`;
  const current = `
    SELECT channel_id, project_name, session_id, message_count, cost_usd, title, fork_of, created_at, last_active, started,
      ${openTurns} AS open_turns, NULL AS ended_at, NULL AS reason FROM sessions`;
  const past = `
    SELECT channel_id, project_name, session_id, message_count, cost_usd, title, fork_of, created_at, last_active, started,
      0 AS open_turns, ended_at, reason FROM past_sessions`;
  const inOrder = "ORDER BY ended_at IS NOT NULL, last_active DESC";
  // Listed are thousands: what is open is counted once for all of them.
  const listed = current.replace(openTurns, "0");
  const list = db.prepare(
    `${listed} WHERE @project IS NULL OR project_name = @project ORDER BY last_active DESC`,
  );
  const listWithPast = db.prepare(`
    SELECT * FROM (${listed} UNION ALL ${past})
    WHERE @project IS NULL OR project_name = @project ORDER BY last_active DESC`);
  const open = db
    .prepare(`
      SELECT conversation_id, count(*) FROM ${OPEN_TURNS} WHERE ${IS_OPEN}
      GROUP BY conversation_id`)
    .raw();
  const find = db.prepare(`
    SELECT * FROM (${current} UNION ALL ${past})
    WHERE (ended_at IS NULL AND (channel_id = @word OR project_name = @word))
      OR substr(session_id, 1, length(@word)) = @word ${inOrder}`);
  // A turn that failed before it had a session belongs to the one that its conversation had then.
  const turnsOfCurrent = db.prepare(`
    SELECT * FROM turns WHERE conversation_id = @conversationId
      AND (session_id = @sessionId OR (session_id IS NULL
        AND generation = (SELECT generation FROM conversations WHERE channel_id = @conversationId)))
    ORDER BY sequence`);
  const turnsOfPast = db.prepare("SELECT * FROM turns WHERE session_id = @sessionId ORDER BY sequence");
  const failures = db.prepare(`
    SELECT * FROM turns WHERE error_id IS NOT NULL AND accepted_at >= @since ORDER BY sequence DESC LIMIT @limit`);
  const failure = db.prepare("SELECT * FROM turns WHERE error_id = ? ORDER BY sequence DESC LIMIT 1");

  const records = (rows: unknown[]) => (rows as SessionRow[]).map((row) => sessionRecord(row));
  const turns = (rows: unknown[]) => (rows as TurnRow[]).map(turnRecord);
  return {
    *sessions({ project, past: withPast } = {}) {
      const openTurnsOf = new Map(open.all() as [string, number][]);
      const rows = (withPast ? listWithPast : list).iterate({ project: project ?? null });
      for (const row of rows as Iterable<SessionRow>) {
        yield sessionRecord(row, row.ended_at === null ? openTurnsOf.get(row.channel_id) : 0);
      }
    },
    find: (word) => (word === "" ? [] : records(find.all({ word }))),
    turnsOf: ({ conversationId, sessionId, ended }) =>
      turns(
        ended === undefined
          ? turnsOfCurrent.all({ conversationId, sessionId })
          : turnsOfPast.all({ sessionId }),
      ),
    failures: ({ limit, sinceMs }) => turns(failures.all({ limit, since: sinceMs ?? 0 })),
    failure: (errorId) => turns([failure.get(errorId)].filter((row) => row !== undefined))[0],
  };
}

interface SessionRow {
  readonly channel_id: string;
  readonly project_name: string;
  readonly session_id: string;
  readonly message_count: number;
  readonly cost_usd: number;
  readonly title: string | null;
  readonly fork_of: string | null;
  readonly created_at: string;
  readonly last_active: string;
  readonly started: number;
  readonly open_turns: number;
  readonly ended_at: string | null;
  readonly reason: string | null;
}

interface TurnRow {
  readonly id: string;
  readonly conversation_id: string;
  readonly project_name: string;
  readonly message_id: string | null;
  readonly rerun_message_id: string | null;
  readonly author_name: string | null;
  readonly prompt: string;
  readonly state: TurnState;
  readonly outcome: TurnOutcome | null;
  readonly answer: string | null;
  readonly failure_code: string | null;
  readonly error_id: string | null;
  readonly resets_at: number | null;
  readonly session_id: string | null;
  readonly attempts: number;
  readonly cost_usd: number | null;
  readonly duration_ms: number | null;
  readonly accepted_at: number;
  readonly ended_at: number | null;
}

function sessionRecord(row: SessionRow, openTurns = row.open_turns): SessionRecord {
  return {
    conversationId: row.channel_id,
    projectName: row.project_name,
    sessionId: row.session_id,
    messageCount: row.message_count,
    costUsd: row.cost_usd,
    title: row.title ?? undefined,
    forkOf: row.fork_of ?? undefined,
    createdAtMs: Date.parse(row.created_at),
    lastActiveMs: Date.parse(row.last_active),
    started: row.started === 1,
    openTurns,
    ended: row.ended_at === null ? undefined : { atMs: Date.parse(row.ended_at), reason: row.reason ?? "" },
  };
}

function turnRecord(row: TurnRow): TurnRecord {
  return {
    id: row.id,
    conversationId: row.conversation_id,
    projectName: row.project_name,
    messageId: row.message_id ?? row.rerun_message_id ?? undefined,
    authorName: row.author_name ?? undefined,
    prompt: row.prompt,
    state: row.state,
    outcome: row.outcome ?? undefined,
    answer: row.answer ?? undefined,
    failureCode: row.failure_code ?? undefined,
    errorId: row.error_id ?? undefined,
    resetsAtMs: row.resets_at ?? undefined,
    sessionId: row.session_id ?? undefined,
    attempts: row.attempts,
    costUsd: row.cost_usd ?? undefined,
    durationMs: row.duration_ms ?? undefined,
    acceptedAtMs: row.accepted_at,
    endedAtMs: row.ended_at ?? undefined,
  };
}

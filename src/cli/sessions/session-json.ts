import type { SessionRecord, TurnRecord } from "../../core/history/history.ts";
import { isoTime } from "../local-time.ts";

/** A session for scripts, with the names that its table has. */
export function sessionJson(session: SessionRecord): object {
  return {
    channel_id: session.conversationId,
    project_name: session.projectName,
    session_id: session.sessionId,
    title: session.title ?? null,
    fork_of: session.forkOf ?? null,
    message_count: session.messageCount,
    cost_usd: session.costUsd,
    created_at: isoTime(session.createdAtMs),
    last_active: isoTime(session.lastActiveMs),
    open_turns: session.openTurns,
    ended_at: isoTime(session.ended?.atMs),
    end_reason: session.ended?.reason ?? null,
  };
}

/** A turn for scripts. */
export function turnJson(turn: TurnRecord): object {
  return {
    id: turn.id,
    channel_id: turn.conversationId,
    project_name: turn.projectName,
    session_id: turn.sessionId ?? null,
    message_id: turn.messageId ?? null,
    author_name: turn.authorName ?? null,
    prompt: turn.prompt,
    state: turn.state,
    outcome: turn.outcome ?? null,
    answer: turn.answer ?? null,
    failure_code: turn.failureCode ?? null,
    error_id: turn.errorId ?? null,
    attempts: turn.attempts,
    cost_usd: turn.costUsd ?? null,
    duration_ms: turn.durationMs ?? null,
    accepted_at: isoTime(turn.acceptedAtMs),
    ended_at: isoTime(turn.endedAtMs),
  };
}

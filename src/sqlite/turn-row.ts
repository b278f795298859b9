import type { Turn, TurnEnd, TurnOutcome } from "../core/turns/turn.ts";

/** A row of `turns`, as SQLite gives it. */
export interface TurnRow {
  readonly id: string;
  readonly conversation_id: string;
  readonly guild_id: string;
  readonly project_name: string;
  readonly message_id: string | null;
  readonly rerun_message_id: string | null;
  readonly edited_at: number | null;
  readonly asked_in: string | null;
  readonly author_id: string | null;
  readonly author_name: string | null;
  readonly prompt: string;
  readonly state: Turn["state"];
  readonly generation: number;
  readonly attempts: number;
  readonly session_id: string | null;
  readonly accepted_at: number;
  readonly held_until: number | null;
  readonly held_by: Turn["heldBy"] | null;
  readonly crashes: number;
  readonly open_tool: string | null;
  readonly awaits: Turn["awaits"] | null;
  readonly outcome: TurnEnd["outcome"] | null;
  readonly answer: string | null;
  readonly failure_code: string | null;
  readonly error_id: string | null;
  readonly resets_at: number | null;
  readonly notes: string | null;
  readonly cost_usd: number | null;
  readonly duration_ms: number | null;
  readonly num_turns: number | null;
  readonly input_tokens: number | null;
  readonly output_tokens: number | null;
  readonly context_tokens: number | null;
  readonly context_window: number | null;
}

export function turnOf(row: TurnRow): Turn {
  return {
    id: row.id,
    conversationId: row.conversation_id,
    channelId: row.asked_in ?? row.conversation_id,
    guildId: row.guild_id,
    projectName: row.project_name,
    messageId: row.message_id ?? row.rerun_message_id ?? undefined,
    authorId: row.author_id ?? undefined,
    authorName: row.author_name ?? undefined,
    prompt: row.prompt,
    state: row.state,
    generation: row.generation,
    attempts: row.attempts,
    sessionId: row.session_id ?? undefined,
    acceptedAtMs: row.accepted_at,
    heldUntilMs: row.held_until ?? undefined,
    heldBy: row.held_by ?? undefined,
    crashes: row.crashes,
    openTool: row.open_tool ?? undefined,
    awaits: row.awaits ?? undefined,
    editedAtMs: row.edited_at ?? undefined,
    end: row.outcome === null ? undefined : endOf(row, row.outcome),
  };
}

/** The columns that a turn's end fills. */
export function endRow({ outcome, answer, failureCode, errorId, resetsAtMs, notes, stats }: TurnEnd) {
  return {
    outcome,
    answer,
    failureCode: failureCode ?? null,
    errorId: errorId ?? null,
    resetsAt: resetsAtMs ?? null,
    notes: notes.length === 0 ? null : JSON.stringify(notes),
    costUsd: stats?.costUsd ?? null,
    durationMs: whole(stats?.durationMs),
    numTurns: whole(stats?.numTurns),
    inputTokens: whole(stats?.inputTokens),
    outputTokens: whole(stats?.outputTokens),
    contextTokens: whole(stats?.contextTokens),
    contextWindow: whole(stats?.contextWindow),
  };
}

function endOf(row: TurnRow, outcome: TurnOutcome): TurnEnd {
  return {
    outcome,
    answer: row.answer ?? "",
    failureCode: (row.failure_code ?? undefined) as TurnEnd["failureCode"],
    errorId: row.error_id ?? undefined,
    resetsAtMs: row.resets_at ?? undefined,
    notes: row.notes === null ? [] : (JSON.parse(row.notes) as TurnEnd["notes"]),
    stats:
      row.cost_usd === null
        ? undefined
        : {
            costUsd: row.cost_usd,
            durationMs: row.duration_ms ?? 0,
            numTurns: row.num_turns ?? 0,
            inputTokens: row.input_tokens ?? 0,
            outputTokens: row.output_tokens ?? 0,
            contextTokens: row.context_tokens ?? 0,
            contextWindow: row.context_window ?? 0,
          },
  };
}

/** STRICT integer columns take no fractions, and durations may have them. */
function whole(value: number | undefined): number | null {
  return value === undefined ? null : Math.round(value);
}

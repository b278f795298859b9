import { randomInt, randomUUID } from "node:crypto";
import type { TurnEnd } from "../../src/core/turns/turn.ts";
import { createLedger } from "../../src/sqlite/ledger.ts";
import { createSessionStore } from "../../src/sqlite/sessions.ts";
import { testDatabase } from "./database.ts";

export interface PastTurn {
  readonly channel: string;
  readonly project: string;
  readonly prompt: string;
  readonly by?: string;
  readonly atMs: number;
  /** Without one the turn is still running. */
  readonly end?: Partial<TurnEnd>;
}

/** Puts turns into a database, as a daemon would have; returns the session that each channel has then. */
export function writeHistory(databaseFile: string, turns: readonly PastTurn[]): Record<string, string> {
  let clock = 0;
  const db = testDatabase(databaseFile);
  const ledger = createLedger(db, () => clock);
  const sessions = createSessionStore(db, () => clock);
  const ids: Record<string, string> = {};
  for (const { channel, project, prompt, by = "ann", atMs, end } of turns) {
    clock = atMs;
    const { sessionId } = sessions.currentOrNew(channel, project, randomUUID());
    ids[channel] = sessionId;
    const id = randomUUID();
    ledger.accept({
      id,
      conversationId: channel,
      guildId: "234567890123456789",
      projectName: project,
      messageId: String(9n * 10n ** 17n + BigInt(randomInt(2 ** 40))),
      authorId: "345678901234567890",
      authorName: by,
      prompt,
    });
    ledger.move(id, "start");
    if (end === undefined) continue;
    const whole = { outcome: "answered", answer: "", failureCode: undefined, errorId: undefined } as const;
    const costUsd = end.stats?.costUsd ?? 0;
    ledger.end(
      id,
      { ...whole, resetsAtMs: undefined, notes: [], stats: undefined, ...end },
      { sessionId, costUsd },
    );
    ledger.move(id, "deliver");
  }
  return ids;
}

/** What a turn cost and took. */
export function stats(costUsd: number, durationMs: number) {
  const sizes = { inputTokens: 10, outputTokens: 20, contextTokens: 30, contextWindow: 200_000 };
  return { costUsd, durationMs, numTurns: 1, ...sizes };
}

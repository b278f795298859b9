import { type DailyUsage, dayOf, type UsageStore } from "../core/history/usage.ts";
import type { Turn, TurnEnd } from "../core/turns/turn.ts";
import type { Database } from "./database.ts";

/** What turns took, by day, project and person. It is kept when the turns themselves are forgotten. */
export function createUsageStore(db: Database): UsageStore {
  const daily = db.prepare(`
    SELECT day, project_name AS projectName, nullif(user_id, '') AS userId, user_name AS userName, turns, failed,
      cost_usd AS costUsd, input_tokens AS inputTokens, output_tokens AS outputTokens, duration_ms AS durationMs
    FROM daily_usage
    WHERE day BETWEEN coalesce(@from, '') AND coalesce(@to, '9999')
      AND (@projects IS NULL OR project_name IN (SELECT value FROM json_each(@projects)))
    ORDER BY day, project_name, user_id`);

  return {
    daily: ({ from, to, projectNames } = {}) => {
      const projects = projectNames === undefined ? null : JSON.stringify(projectNames);
      const rows = daily.all({ from: from ?? null, to: to ?? null, projects }) as DailyUsageRow[];
      return rows.map((row) => ({
        ...row,
        userId: row.userId ?? undefined,
        userName: row.userName ?? undefined,
      }));
    },
  };
}

/** Adds what a turn took to its day; for use within the transaction of its end. Nothing for one that never ran. */
export function createUsageCount(db: Database): (turn: Turn, end: TurnEnd, nowMs: number) => void {
  const add = db.prepare(`
    INSERT INTO daily_usage (day, project_name, user_id, user_name, turns, failed, cost_usd, input_tokens,
      output_tokens, duration_ms)
    VALUES (@day, @projectName, @userId, @userName, 1, @failed, @costUsd, @inputTokens, @outputTokens, @durationMs)
    ON CONFLICT (day, project_name, user_id) DO UPDATE SET
      user_name = coalesce(excluded.user_name, user_name), turns = turns + 1, failed = failed + excluded.failed,
      cost_usd = cost_usd + excluded.cost_usd, input_tokens = input_tokens + excluded.input_tokens,
      output_tokens = output_tokens + excluded.output_tokens, duration_ms = duration_ms + excluded.duration_ms`);

  return ({ projectName, authorId, authorName }, { outcome, stats }, nowMs) => {
    // One that was taken back or came too late took nothing; a failure counts, also before an agent had it.
    if (outcome === "expired" || (stats === undefined && outcome !== "failed")) return;
    add.run({
      day: dayOf(nowMs),
      projectName,
      userId: authorId ?? "",
      userName: authorName ?? null,
      failed: outcome === "failed" ? 1 : 0,
      costUsd: stats?.costUsd ?? 0,
      inputTokens: Math.round(stats?.inputTokens ?? 0),
      outputTokens: Math.round(stats?.outputTokens ?? 0),
      durationMs: Math.round(stats?.durationMs ?? 0),
    });
  };
}

interface DailyUsageRow extends Omit<DailyUsage, "userId" | "userName"> {
  readonly userId: string | null;
  readonly userName: string | null;
}

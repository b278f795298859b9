import type { Turn } from "../core/turns/turn.ts";
import type { Database } from "./database.ts";
import { IS_OPEN, OPEN_TURNS } from "./open-turns.ts";

/** How the whole stands at this moment: what metrics, health checks and the status page ask. */
export interface Overview {
  openTurns(): { queued: number; running: number; delivering: number };
  /** Turns that wait to run, oldest first. */
  queue(): readonly QueuedTurn[];
  /** Throws when the database can't be written. */
  probe(): void;
}

export interface QueuedTurn {
  readonly conversationId: string;
  readonly projectName: string;
  readonly authorName: string | null;
  readonly acceptedAtMs: number;
  readonly heldUntilMs: number | null;
  readonly heldBy: Turn["heldBy"] | null;
  readonly awaits: string | null;
}

export function createOverview(db: Database): Overview {
  const counts = db.prepare(`
    SELECT count(*) FILTER (WHERE state IN ('accepted','queued')) AS queued,
      count(*) FILTER (WHERE state = 'running') AS running,
      count(*) FILTER (WHERE state = 'delivering') AS delivering
    FROM ${OPEN_TURNS} WHERE ${IS_OPEN}`);
  const queue = db.prepare(`
    SELECT conversation_id AS conversationId, project_name AS projectName, author_name AS authorName,
      accepted_at AS acceptedAtMs, held_until AS heldUntilMs, held_by AS heldBy, awaits
    FROM ${OPEN_TURNS} WHERE ${IS_OPEN} AND state IN ('accepted','queued')
    ORDER BY sequence LIMIT 200`);
  const version = Number(db.pragma("user_version", { simple: true }));
  const write = db.transaction(() => {
    // The same number once more: a write like any other, which changes nothing.
    db.pragma(`user_version = ${version}`);
  }).immediate;
  return {
    openTurns: () => counts.get() as ReturnType<Overview["openTurns"]>,
    queue: () => queue.all() as QueuedTurn[],
    probe: () => void write(),
  };
}

import type { Database } from "./database.ts";

/** How the daemon says it is. Times are ms since the epoch. */
export interface Heartbeat {
  readonly pid: number;
  readonly version: string;
  /** Of the `claude` CLI; undefined until it has been asked. */
  readonly claudeVersion: string | undefined;
  /** Who it is on Discord; undefined until it has been there. */
  readonly bot: string | undefined;
  /** `connected`: Discord sends events. */
  readonly state: "starting" | "connected" | "disconnected" | "stopping" | "stopped";
  readonly startedAtMs: number;
  /** Since when it has been in this state. */
  readonly sinceMs: number;
  /** When this was written. */
  readonly beatAtMs: number;
  readonly agents: { readonly busy: number; readonly idle: number; readonly waiting: number };
  readonly maxAgents: number;
}

/** Writes the daemon's only row about itself. */
export function createHeartbeatStore(db: Database): { beat(heartbeat: Heartbeat): void } {
  const write = db.prepare(`
    INSERT OR REPLACE INTO heartbeat (id, pid, version, claude_version, bot, state, started_at, since, beat_at,
      agents_busy, agents_idle, agents_waiting, max_agents)
    VALUES (1, @pid, @version, @claudeVersion, @bot, @state, @startedAtMs, @sinceMs, @beatAtMs,
      @busy, @idle, @waiting, @maxAgents)`);
  return {
    beat: ({ agents, ...heartbeat }) => {
      // Nothing is lost with the newest beat: it need not be on the disk before we go on.
      db.pragma("synchronous = NORMAL");
      try {
        const { claudeVersion = null, bot = null } = heartbeat;
        write.run({ ...heartbeat, ...agents, claudeVersion, bot });
      } finally {
        db.pragma("synchronous = FULL");
      }
    },
  };
}

/** The newest beat; undefined when no daemon has ever written one. */
export function readHeartbeat(db: Database): Heartbeat | undefined {
  const row = db.prepare("SELECT * FROM heartbeat").get() as HeartbeatRow | undefined;
  if (row === undefined) return undefined;
  return {
    pid: row.pid,
    version: row.version,
    claudeVersion: row.claude_version ?? undefined,
    bot: row.bot ?? undefined,
    state: row.state,
    startedAtMs: row.started_at,
    sinceMs: row.since,
    beatAtMs: row.beat_at,
    agents: { busy: row.agents_busy, idle: row.agents_idle, waiting: row.agents_waiting },
    maxAgents: row.max_agents,
  };
}

interface HeartbeatRow {
  readonly pid: number;
  readonly version: string;
  readonly claude_version: string | null;
  readonly bot: string | null;
  readonly state: Heartbeat["state"];
  readonly started_at: number;
  readonly since: number;
  readonly beat_at: number;
  readonly agents_busy: number;
  readonly agents_idle: number;
  readonly agents_waiting: number;
  readonly max_agents: number;
}

import type { NewFork, Session, SessionStore } from "../core/turns/ledger.ts";
import type { Database } from "./database.ts";

/** The sessions of conversations, in the table that people's scripts read. `now` gives ms since the epoch. */
export function createSessionStore(db: Database, now: () => number): SessionStore {
  const select = `
    SELECT sessions.*, conversations.generation FROM sessions JOIN conversations USING (channel_id)`;
  const byChannel = db.prepare(`${select} WHERE channel_id = ?`);
  const all = db.prepare(`${select} ORDER BY last_active DESC`);
  const ensureConversation = db.prepare("INSERT OR IGNORE INTO conversations (channel_id) VALUES (?)");
  const insert = db.prepare(`
    INSERT INTO sessions (channel_id, project_name, session_id, last_active, created_at, title, fork_of, cost_usd)
    VALUES (@channelId, @projectName, @sessionId, @now, @now, @title, @forkOf, @costUsd)`);
  const setStarted = db.prepare("UPDATE sessions SET started = 1 WHERE channel_id = ? AND session_id = ?");
  const remember = db.prepare(`
    INSERT OR REPLACE INTO past_sessions (session_id, channel_id, project_name, message_count, created_at,
      last_active, cost_usd, title, fork_of, started, ended_at, reason)
    SELECT session_id, channel_id, project_name, message_count, created_at, last_active, cost_usd, title, fork_of,
      started, @now, @reason
    FROM sessions WHERE channel_id = @channelId AND session_id = @sessionId`);
  const isPast = db.prepare("SELECT 1 FROM past_sessions WHERE channel_id = ? AND session_id = ?");
  const restore = db.prepare(`
    INSERT INTO sessions (session_id, channel_id, project_name, message_count, created_at, last_active, cost_usd,
      title, fork_of, started)
    SELECT session_id, channel_id, project_name, message_count, created_at, last_active, cost_usd, title, fork_of,
      started
    FROM past_sessions WHERE session_id = ?`);
  const removePast = db.prepare("DELETE FROM past_sessions WHERE session_id = ?");
  const nameCurrent = db.prepare("UPDATE sessions SET title = ? WHERE session_id = ?");
  const namePast = db.prepare("UPDATE past_sessions SET title = ? WHERE session_id = ?");
  const remove = db.prepare("DELETE FROM sessions WHERE channel_id = ? AND session_id = ?");
  const nextGeneration = db.prepare(
    "UPDATE conversations SET generation = generation + 1 WHERE channel_id = ?",
  );

  const timestamp = () => new Date(now()).toISOString();
  const current = (channelId: string): Session | undefined => {
    const row = byChannel.get(channelId) as SessionRow | undefined;
    return row && sessionOf(row);
  };
  const create = (
    channelId: string,
    projectName: string,
    sessionId: string,
    { title, forkOf, costUsd = 0 }: Partial<NewFork> = {},
  ): Session => {
    ensureConversation.run(channelId);
    const now = timestamp();
    insert.run({
      channelId,
      projectName,
      sessionId,
      now,
      title: title ?? null,
      forkOf: forkOf ?? null,
      costUsd,
    });
    const session = current(channelId);
    if (session === undefined) throw new Error(`the session of ${channelId} was not recorded`);
    return session;
  };
  const retire = (channelId: string, sessionId: string, reason: string) => {
    remember.run({ channelId, sessionId, reason, now: timestamp() });
    remove.run(channelId, sessionId);
  };

  return {
    current,
    currentOrNew: db.transaction(
      (channelId, projectName, newSessionId) =>
        current(channelId) ?? create(channelId, projectName, newSessionId),
    ).immediate,
    markStarted: (channelId, sessionId) => {
      setStarted.run(channelId, sessionId);
    },
    replace: db.transaction(({ conversationId, sessionId, projectName }, newSessionId, reason) => {
      retire(conversationId, sessionId, reason);
      // After a reset another may stand in its place already: that one counts.
      return current(conversationId) ?? create(conversationId, projectName, newSessionId);
    }).immediate,
    reset: db.transaction((channelId, reason) => {
      const old = current(channelId);
      ensureConversation.run(channelId);
      nextGeneration.run(channelId);
      if (old !== undefined) retire(channelId, old.sessionId, reason);
      return old;
    }).immediate,
    resume: db.transaction((channelId, sessionId, reason) => {
      if (isPast.get(channelId, sessionId) === undefined) return undefined;
      nextGeneration.run(channelId);
      const old = current(channelId);
      if (old !== undefined) retire(channelId, old.sessionId, reason);
      restore.run(sessionId);
      removePast.run(sessionId);
      return current(channelId);
    }).immediate,
    fork: db.transaction((channelId, fork) => create(channelId, fork.projectName, fork.sessionId, fork))
      .immediate,
    rename: db.transaction(
      (sessionId, title) =>
        nameCurrent.run(title ?? null, sessionId).changes + namePast.run(title ?? null, sessionId).changes >
        0,
    ).immediate,
    version: () => Number(db.pragma("data_version", { simple: true })),
    list: () => (all.all() as SessionRow[]).map(sessionOf),
  };
}

interface SessionRow {
  readonly channel_id: string;
  readonly project_name: string;
  readonly session_id: string;
  readonly message_count: number;
  readonly last_active: string;
  readonly started: number;
  readonly cost_usd: number;
  readonly generation: number;
  readonly title: string | null;
  readonly fork_of: string | null;
}

function sessionOf(row: SessionRow): Session {
  return {
    conversationId: row.channel_id,
    projectName: row.project_name,
    sessionId: row.session_id,
    started: row.started === 1,
    messageCount: row.message_count,
    lastActiveMs: Date.parse(row.last_active),
    costUsd: row.cost_usd,
    generation: row.generation,
    title: row.title ?? undefined,
    forkOf: row.fork_of ?? undefined,
  };
}

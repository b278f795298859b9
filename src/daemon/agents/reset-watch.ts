import type { AgentPool } from "../../core/agents/agent-pool.ts";
import type { Events } from "../../core/operations/events.ts";
import type { SessionStore } from "../../core/turns/ledger.ts";
import type { ConversationFacts } from "../../sqlite/conversation-facts.ts";
import { guarded } from "../guard.ts";

/** Twice a second: what a person did in a shell should count before they are back in Discord. */
const INTERVAL_MS = 500;

/**
 * Notices sessions that were reset in a shell (the database is all that the two share), tells of them and ends their
 * agents at once. Returns what stops it.
 */
export function watchResets({
  sessions,
  facts,
  agents,
  events,
  log,
}: {
  sessions: SessionStore;
  facts: Pick<ConversationFacts, "endedInShell">;
  agents: AgentPool;
  events: Pick<Events, "emit">;
  log: { info(message: string, fields?: object): void; error(message: string, fields?: object): void };
}): () => void {
  const sinceMs = Date.now();
  const told = new Set<string>();
  let seen = sessions.version();
  const look = () => {
    const version = sessions.version();
    if (version === seen) return;
    seen = version;
    for (const { sessionId, conversationId, projectName } of facts.endedInShell(sinceMs)) {
      if (told.has(sessionId)) continue;
      told.add(sessionId);
      const change = { kind: "session_reset", sessionId } as const;
      events.emit({ type: "changed", change, userId: undefined, conversationId, projectName });
    }
    for (const [conversation, sessionId] of agents.sessions()) {
      if (sessions.current(conversation)?.sessionId === sessionId) continue;
      log.info("the session was reset; its agent ends", { conversation, session_id: sessionId });
      void agents.end(conversation);
    }
  };
  const timer = setInterval(guarded("looking for resets", look, log), INTERVAL_MS);
  return () => clearInterval(timer);
}

import { findPaths } from "../../config/paths.ts";
import { createHistory } from "../../sqlite/history.ts";
import { createSessionStore } from "../../sqlite/sessions.ts";
import { ExitError } from "../exit.ts";
import { agreeOrEnd } from "../prompts.ts";
import type { Terminal } from "../terminal.ts";
import { withDatabase } from "../with-database.ts";
import { findSession, noSession } from "./find-session.ts";

export interface ResetOptions {
  readonly yes?: boolean;
}

/** Ends a conversation's session, after asking; the daemon sees it in the database and ends the agent. */
export async function resetSession(word: string, options: ResetOptions, terminal: Terminal): Promise<void> {
  const paths = findPaths({ env: terminal.env });
  const found = await withDatabase(paths, async (db) => {
    const { conversationId, projectName, sessionId, openTurns, ended } = findSession(createHistory(db), word);
    if (ended !== undefined) throw new ExitError(1, `The session ${sessionId} has ended already.`);
    const busy = openTurns > 0 ? " A turn is open: it goes on without the session's past." : "";
    await agreeOrEnd(
      terminal,
      options.yes,
      `End the session of ${projectName} in channel ${conversationId}? Claude forgets the conversation.${busy}`,
    );
    return createSessionStore(db, Date.now).reset(conversationId, "reset in a shell") ?? { sessionId };
  });
  if (found === undefined) throw noSession(word);
  terminal.explain(`Ended the session ${found.sessionId}. The next message begins a new one.`);
}

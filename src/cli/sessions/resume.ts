import { findPaths } from "../../config/paths.ts";
import { createHistory } from "../../sqlite/history.ts";
import { createLedger } from "../../sqlite/ledger.ts";
import { createSessionStore } from "../../sqlite/sessions.ts";
import { ExitError } from "../exit.ts";
import type { Terminal } from "../terminal.ts";
import { withDatabase } from "../with-database.ts";
import { findSession, noSession } from "./find-session.ts";

/** Makes an earlier session its channel's current one again; the daemon sees it in the database and follows. */
export async function resumeSession(word: string, terminal: Terminal): Promise<void> {
  const paths = findPaths({ env: terminal.env });
  const resumed = await withDatabase(paths, (db) => {
    const { conversationId, sessionId, ended } = findSession(createHistory(db), word);
    if (ended === undefined) throw new ExitError(1, `The session ${sessionId} is the current one already.`);
    const open = createLedger(db, Date.now).open(conversationId);
    if (open.some(({ state }) => state === "running")) {
      throw new ExitError(1, "Claude is at work in that channel. Wait for its answer, or stop it there.");
    }
    const reason = "another was resumed in a shell";
    return createSessionStore(db, Date.now).resume(conversationId, sessionId, reason);
  });
  if (resumed === undefined) throw noSession(word);
  terminal.explain(`The channel ${resumed.conversationId} goes on with session ${resumed.sessionId}.`);
}

import { findPaths } from "../../config/paths.ts";
import { createHistory } from "../../sqlite/history.ts";
import { createSessionStore } from "../../sqlite/sessions.ts";
import type { Terminal } from "../terminal.ts";
import { withDatabase } from "../with-database.ts";
import { findSession, noSession } from "./find-session.ts";

/** Names a session; an empty name takes it away. Claude Code hears of it with the next turn. */
export async function renameSession(word: string, name: string, terminal: Terminal): Promise<void> {
  const paths = findPaths({ env: terminal.env });
  const title = name.replace(/\s+/g, " ").trim() || undefined;
  const sessionId = await withDatabase(paths, (db) => {
    const found = findSession(createHistory(db), word);
    createSessionStore(db, Date.now).rename(found.sessionId, title);
    return found.sessionId;
  });
  if (sessionId === undefined) throw noSession(word);
  terminal.explain(
    title === undefined ? `${sessionId} has no name.` : `${sessionId} is now called: ${title}`,
  );
}

import type { History, SessionRecord } from "../../core/history/history.ts";
import { ExitError } from "../exit.ts";

/** The one session that a person means. Ends the command when there is none, or more than one. */
export function findSession(history: Pick<History, "find">, word: string): SessionRecord {
  const found = history.find(word);
  // A channel's or a project's current session is meant before one whose id begins alike.
  const current = found.filter(({ ended }) => ended === undefined);
  const [only, another] = current.length > 0 ? current : found;
  if (only === undefined) throw noSession(word);
  if (another === undefined) return only;
  const list = (current.length > 0 ? current : found).map(
    ({ sessionId, conversationId, projectName }) =>
      `  ${sessionId}  channel ${conversationId}, ${projectName}`,
  );
  throw new ExitError(1, `${word} may mean several sessions. Give more of the id:\n${list.join("\n")}`);
}

/** There is no such session, or no database that could have one. */
export function noSession(word: string): ExitError {
  return new ExitError(
    1,
    `There is no session for ${word}. To see those there are: claude-coord sessions ls --all`,
  );
}

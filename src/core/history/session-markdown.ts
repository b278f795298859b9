import type { SessionRecord, TurnRecord } from "./history.ts";

/** A session's questions and answers as Markdown. `time` writes a moment (ms since the epoch) for people. */
export function sessionMarkdown(
  session: SessionRecord,
  turns: readonly TurnRecord[],
  time: (ms: number) => string,
): string {
  const where = `${session.projectName}, channel ${session.conversationId}`;
  const fork = session.forkOf === undefined ? "" : ` It began as a copy of session ${session.forkOf}.`;
  const head = [
    session.title === undefined ? `# ${where}` : `# ${oneLine(session.title)}\n\n${where}`,
    `Session ${session.sessionId}, begun ${time(session.createdAtMs)}, last active ${time(session.lastActiveMs)}.${fork}`,
  ];
  return `${[...head, ...turns.flatMap((turn) => turnMarkdown(turn, time))].join("\n\n")}\n`;
}

function turnMarkdown(turn: TurnRecord, time: (ms: number) => string): string[] {
  const who = turn.messageId === undefined && turn.authorName === undefined ? "Claude by itself" : undefined;
  const title = `## ${who ?? oneLine(turn.authorName ?? "Somebody")}, ${time(turn.acceptedAtMs)}`;
  // Quoted, so that a heading in the question is no heading of the export.
  const asked = turn.prompt === "" ? [] : [turn.prompt.replace(/^/gm, "> ")];
  const answer = turn.answer?.trim() ? [turn.answer.trim()] : [];
  const end = turn.outcome === "answered" ? [] : [`*${turnEndText(turn)}*`];
  return [title, ...asked, ...answer, ...end];
}

/** How a turn ended, or where it is, in a few words. */
export function turnEndText({ state, outcome, failureCode, errorId }: TurnRecord): string {
  if (outcome !== "failed") return outcome ?? state;
  const code = failureCode === undefined ? "failed" : `failed: ${failureCode}`;
  return errorId === undefined ? code : `${code} (${errorId})`;
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, " ").trim();
}

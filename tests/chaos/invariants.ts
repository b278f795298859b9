import { isDeepStrictEqual } from "node:util";
import type { APIMessage } from "discord-api-types/v10";
import type { LedgerView, TurnRow } from "./ledger-view.ts";
import type { Prompt } from "./plan.ts";
import { answerLines, linesIn } from "./prompt-text.ts";

/** A message that addressed the bot, and what may become of it besides an answer. */
export interface Asked {
  readonly prompt: Prompt;
  readonly channelId: string;
  readonly messageId: string;
  /** What it was edited to, if it was. */
  readonly newMarker: string | undefined;
  readonly isDeleted: boolean;
}

export interface Evidence {
  readonly asked: readonly Asked[];
  /** What the bot wrote, by channel, as it stands at the end, oldest first. */
  readonly written: ReadonlyMap<string, readonly APIMessage[]>;
  readonly ledger: LedgerView;
  /** SIGKILLs that the daemon died of. */
  readonly deaths: number;
  readonly agentsKilled: boolean;
  /** Messages that ask for permission. */
  readonly questions: ReadonlySet<string>;
  /** Channels whose session was reset. */
  readonly resetChannelIds: ReadonlySet<string>;
}

/** What is promised and did not hold, one sentence each. */
export function violations(evidence: Evidence): string[] {
  const { asked, ledger } = evidence;
  const turns = ledger.turns();
  const byMessage = new Map(turns.map((turn) => [turn.messageId, turn]));
  return [
    ...ledger.damage().map((line) => `the database is damaged: ${line}`),
    ...asked.flatMap((one) => endOf(one, byMessage.get(one.messageId), evidence)),
    ...turns
      .filter(({ messageId }) => !asked.some((one) => one.messageId === messageId))
      .map(({ id, messageId }) => `turn ${id} is for message ${messageId}, which did not address the bot`),
    ...[...evidence.written].flatMap(([channelId, messages]) =>
      ordered(channelId, messages, evidence, turns),
    ),
    ...sessionsCounted(ledger, turns),
    ...startedInPast(ledger, turns),
  ];
}

/** One visible end for a message: its text once, in order, as a reply to it. */
function endOf(one: Asked, turn: TurnRow | undefined, evidence: Evidence): string[] {
  const { prompt, channelId, messageId, newMarker, isDeleted } = one;
  const { marker } = prompt;
  // Deleted before anybody had read it.
  if (turn === undefined) return isDeleted ? [] : [`${marker} was lost: no turn was accepted for it`];
  if (!ENDED.has(turn.state)) return [`${marker} has not ended: it is ${turn.state}`];
  const messages = evidence.written.get(channelId) ?? [];
  const sent = new Set(
    evidence.ledger
      .deliveries()
      .filter(({ turnId }) => turnId === turn.id)
      .map((delivery) => delivery.messageId),
  );
  const own = messages.filter(({ id }) => sent.has(id));
  const replies = messages.filter(
    ({ id, message_reference }) => message_reference?.message_id === messageId && !evidence.questions.has(id),
  );
  const forms = [marker, ...(newMarker === undefined ? [] : [newMarker])];
  const lines = messages
    .flatMap(({ content }) => linesIn(content))
    .filter((line) => forms.some((form) => line.startsWith(`${form} `)));
  const found: string[] = [];
  const wasWithdrawn = isDeleted && turn.state === "cancelled";
  // One to a message that is gone refers to nothing.
  const isOnce = isDeleted ? replies.length <= 1 : replies.length === 1;
  if (wasWithdrawn && own.length > 0) found.push(`${marker} was deleted, and something of it still stands`);
  if (!wasWithdrawn && !isOnce)
    found.push(`${marker} (${turn.state}) has ${replies.length} replies instead of one`);
  if (own.some(({ content }) => content.trim() === "")) found.push(`${marker} has an empty message`);
  if (new Set(lines).size < lines.length)
    found.push(`${marker} has text twice: ${repeated(lines).join("; ")}`);
  const isWhole = forms.some((form) => isDeepStrictEqual(lines, answerLines(form, prompt.lines)));
  if (turn.state === "answered" && !isWhole) {
    found.push(`${marker} is answered with ${lines.length} of ${prompt.lines} lines, or not in order`);
  }
  if (turn.state !== "answered" && !mayEndSo(turn, one, evidence)) {
    found.push(
      `${marker} ended as ${turn.state} (${turn.failureCode ?? "no code"}), and nothing here explains it`,
    );
  }
  return found;
}

/** Messages stand in the order of the questions, and each belongs to a turn. */
function ordered(
  channelId: string,
  messages: readonly APIMessage[],
  evidence: Evidence,
  turns: readonly TurnRow[],
): string[] {
  const { asked, ledger } = evidence;
  const turnOf = new Map(ledger.deliveries().map(({ turnId, messageId }) => [messageId, turnId]));
  const questions = asked.filter((one) => one.channelId === channelId);
  const found: string[] = [];
  let latest = -1;
  for (const { id, content } of messages) {
    const turn = turns.find((one) => one.id === turnOf.get(id));
    const position = questions.findIndex(({ messageId }) => messageId === turn?.messageId);
    if (evidence.questions.has(id)) continue;
    if (position < 0) found.push(`a message that no delivery knows: "${content.slice(0, 80)}"`);
    else if (position < latest) {
      const [early, late] = [questions[position], questions[latest]];
      found.push(`text for ${early?.prompt.marker} stands behind text for ${late?.prompt.marker}`);
    }
    latest = Math.max(latest, position);
  }
  return found;
}

/** No session that ended is current again, and each counts the turns that ended in it and no others. */
function sessionsCounted(ledger: LedgerView, turns: readonly TurnRow[]): string[] {
  const past = new Set(ledger.pastSessions().map(({ sessionId }) => sessionId));
  return ledger.sessions().flatMap(({ conversationId, sessionId, messageCount }) => {
    const ended = turns.filter((turn) => turn.sessionId === sessionId && ENDED.has(turn.state)).length;
    return [
      ...(past.has(sessionId) ? [`session ${sessionId} was ended and is current again`] : []),
      ...(ended === messageCount
        ? []
        : [
            `the session of ${conversationId} counts ${messageCount} messages, and ${ended} turns ended in it`,
          ]),
    ];
  });
}

/** No turn starts in a session that was reset before. */
function startedInPast(ledger: LedgerView, turns: readonly TurnRow[]): string[] {
  const endedAtMs = new Map(ledger.pastSessions().map((session) => [session.sessionId, session.endedAtMs]));
  return turns.flatMap(({ id, sessionId, startedAtMs }) => {
    const endMs = endedAtMs.get(sessionId ?? "");
    if (endMs === undefined || startedAtMs === null || startedAtMs <= endMs) return [];
    return [`turn ${id} started ${startedAtMs - endMs} ms after its session ${sessionId} was reset`];
  });
}

function mayEndSo(turn: TurnRow, { prompt, channelId, isDeleted }: Asked, evidence: Evidence): boolean {
  const { failureCode, state } = turn;
  // What ran when a shell reset the session is stopped.
  if (state === "cancelled") return isDeleted || evidence.resetChannelIds.has(channelId);
  if (state !== "failed") return false;
  if (failureCode === "claude_crashed" && evidence.agentsKilled) return true;
  // A turn that was at work in two daemons that died is taken to be their death.
  if (failureCode === "daemon_crashed") return evidence.deaths >= 2;
  return prompt.fault !== undefined && FAILURES[prompt.fault] === failureCode && failureCode !== null;
}

const ENDED: ReadonlySet<string> = new Set(["answered", "failed", "cancelled", "expired"]);

const FAILURES: Readonly<Partial<Record<NonNullable<Prompt["fault"]>, string>>> = {
  "dies-first": "claude_crashed",
  "dies-mid-text": "claude_crashed",
  "dies-after-answer": "claude_crashed",
  hangs: "stalled",
  garbage: "protocol",
  refuses: "api_error",
};

function repeated(lines: readonly string[]): string[] {
  return [...new Set(lines.filter((line, index) => lines.indexOf(line) !== index))].slice(0, 5);
}

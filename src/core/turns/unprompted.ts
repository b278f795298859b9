import type { AgentEvent } from "../agents/agent.ts";
import type { Snowflake } from "../projects/project.ts";
import type { ConversationDeps } from "./conversation-deps.ts";
import { putToPeople } from "./put-to-people.ts";
import { statsOf, totalCost } from "./session-cost.ts";
import { EMPTY_END, type Turn, type TurnEnd } from "./turn.ts";

export interface UnpromptedOptions {
  /** The turn that ran last: what the agent says by itself, it says in that one's name. */
  readonly latest: () => Turn | undefined;
  /** Records a turn once what belongs below it is gathered. */
  readonly record: (gathered: Promise<void>, write: () => Turn | undefined) => void;
}

/** Hears what the agent says when no turn of ours runs, and makes a turn of its own of each such speech. */
export function createUnprompted(
  conversationId: Snowflake,
  deps: ConversationDeps,
  { latest, record }: UnpromptedOptions,
): (event: AgentEvent, sessionId: string) => void {
  let spoken: string[] = [];
  let sinceMs = deps.now();

  const conclude = (event: Extract<AgentEvent, { type: "turn_ended" }>, after: Turn, sessionId: string) => {
    const session = deps.sessions.current(conversationId);
    const said = spoken.join("\n\n");
    // After a reset, what the old session's agent still says is no part of the new one.
    if (session?.sessionId !== sessionId || said.trim() === "") return;
    const answer = deps.redactor.mask(said);
    const heard = {
      id: deps.newId(),
      conversationId,
      channelId: after.channelId,
      guildId: after.guildId,
      projectName: after.projectName,
      messageId: undefined,
      authorId: undefined,
      authorName: undefined,
      prompt: "",
    };
    const stats = statsOf(event.end, session);
    const end: TurnEnd = answer.heldOwn
      ? {
          ...EMPTY_END,
          outcome: "failed",
          failureCode: "secret_withheld",
          errorId: deps.secretFound("answer", after),
          stats,
        }
      : { ...EMPTY_END, outcome: "answered", answer: answer.text, stats };
    const total = { sessionId: session.sessionId, costUsd: totalCost(event.end, session) };
    record(deps.gatherFiles(after, answer.heldOwn ? "" : answer.text, sinceMs), () =>
      deps.ledger.record(heard, end, total),
    );
  };

  return (event, sessionId) => {
    if (event.type === "turn_started") {
      spoken = [];
      sinceMs = deps.now();
    }
    if (event.type === "text" && !event.inSubagent) spoken.push(event.text);
    const turn = latest();
    if (turn === undefined) return;
    // Asked in the name of whoever spoke last: it is their work that goes on.
    putToPeople(
      event,
      turn,
      (requestId, given) => deps.agents.answer(conversationId, requestId, given),
      deps,
    );
    if (event.type === "turn_ended" || event.type === "exited") deps.questions.closeTurn(turn.id);
    if (event.type === "turn_ended") conclude(event, turn, sessionId);
  };
}

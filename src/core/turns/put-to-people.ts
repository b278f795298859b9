import type { AgentEvent, PermissionAnswer } from "../agents/agent.ts";
import type { ConversationDeps } from "./conversation-deps.ts";
import { answerWithoutAsking } from "./prompts.ts";
import type { Turn } from "./turn.ts";

export type AnswerRequest = (requestId: string, answer: PermissionAnswer) => void;

/**
 * Puts an agent's question before people, unless the project's permission mode answers it already. Should that throw,
 * the question is denied: nobody would ever answer it.
 */
export function putToPeople(
  event: AgentEvent,
  turn: Turn,
  answer: AnswerRequest,
  deps: Pick<ConversationDeps, "questions" | "project" | "redactor" | "secretFound">,
): void {
  if (event.type === "permission_withdrawn") deps.questions.withdraw(event.requestId);
  if (event.type !== "permission_requested") return;
  const known = answerWithoutAsking(event, deps.project(turn.projectName));
  try {
    if (known !== undefined) answer(event.requestId, known);
    else if (deps.redactor.holdsOwn(JSON.stringify(event.input))) {
      // Who is to judge it would have to see all of it.
      deps.secretFound("question", turn);
      answer(event.requestId, { behavior: "deny", message: HOLDS_SECRET });
    } else deps.questions.open(event, turn, (given) => answer(event.requestId, given));
  } catch (error) {
    answer(event.requestId, { behavior: "deny", message: UNASKABLE });
    throw error;
  }
}

const UNASKABLE = "The question could not be put to anybody, so it is denied. Go on without it.";

const HOLDS_SECRET =
  "This holds a secret of the bot that runs you, so people can't be asked about it, and it is denied. Do without the secret.";

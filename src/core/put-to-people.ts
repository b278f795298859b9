import type { AgentEvent, PermissionAnswer } from "./agent.ts";
import type { Project } from "./project.ts";
import { answerWithoutAsking, type Questions } from "./prompts.ts";
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
  deps: { readonly questions: Questions; readonly project: (projectName: string) => Project | undefined },
): void {
  if (event.type === "permission_withdrawn") deps.questions.withdraw(event.requestId);
  if (event.type !== "permission_requested") return;
  const known = answerWithoutAsking(event, deps.project(turn.projectName));
  try {
    if (known !== undefined) answer(event.requestId, known);
    else deps.questions.open(event, turn, (given) => answer(event.requestId, given));
  } catch (error) {
    answer(event.requestId, { behavior: "deny", message: UNASKABLE });
    throw error;
  }
}

const UNASKABLE = "The question could not be put to anybody, so it is denied. Go on without it.";

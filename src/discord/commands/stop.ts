import type { Turn } from "../../core/turns/turn.ts";
import {
  type HandlerContext,
  type InteractionHandler,
  interactionHandler,
  type Subject,
} from "../interactions/handler.ts";
import type { IncomingInteraction } from "../interactions/incoming-interaction.ts";
import type { CommandsDeps } from "./commands-deps.ts";
import { conversationSubject } from "./conversation-subject.ts";
import { stoppedView } from "./drop-waiting.ts";

export interface TurnSubject extends Subject {
  /** Undefined when nothing runs: what there is is told only to those who may ask. */
  readonly turn: Turn | undefined;
}

/** `/stop`: ends the turn that runs here, or that waits first. */
export function stopCommand(deps: CommandsDeps): InteractionHandler {
  return interactionHandler<TurnSubject>({
    action: "talk",
    subject: (interaction) => {
      const here = conversationSubject(interaction, deps);
      if (typeof here === "string") return here;
      const open = deps.ledger.open(here.conversationId);
      const turn = open.find(({ state }) => state === "running") ?? open[0];
      return { ...here, turn };
    },
    run: (context) => stopAndTell(context, deps),
  });
}

/** The Stop button under an answer: `stop:<turn id>`. */
export function stopButton(deps: CommandsDeps): InteractionHandler {
  return interactionHandler<TurnSubject>({
    action: "talk",
    subject: (interaction) => turnSubject(interaction, deps),
    run: (context) => stopAndTell(context, deps),
  });
}

async function stopAndTell(context: HandlerContext<TurnSubject>, deps: CommandsDeps): Promise<void> {
  const { subject, answer } = context;
  const { turn } = subject;
  if (turn === undefined) return answer.whisper({ content: "Nothing runs here." });
  const refusal = stopTurn(context, deps);
  if (refusal !== undefined) return answer.whisper({ content: refusal });
  await answer.whisper(stoppedView(turn, waitingBehind(turn, deps)));
}

/** Stops a turn for who asked it; for what others asked it takes the right to manage. A sentence where it was not. */
export function stopTurn(
  { subject: { turn }, interaction, may }: HandlerContext<TurnSubject>,
  deps: CommandsDeps,
): string | undefined {
  if (turn === undefined) return ENDED;
  if (turn.authorId !== interaction.actor.userId && !may("manage")) {
    return `Only ${turn.authorId === undefined ? "a manager" : `<@${turn.authorId}> or a manager`} may stop this.`;
  }
  return deps.conversation(turn.conversationId).cancel(turn.id) ? undefined : ENDED;
}

/** The turn of a button `<part>:<turn id>`, if it has not ended. */
export function turnSubject({ input }: IncomingInteraction, deps: CommandsDeps): TurnSubject | string {
  const turnId = "customId" in input ? input.customId.split(":")[1] : undefined;
  const turn = deps.ledger.turn(turnId ?? "");
  if (turn === undefined || turn.end !== undefined) return ENDED;
  const project = deps.projects().find(({ name }) => name === turn.projectName);
  if (project === undefined) return "This project is no longer configured.";
  return { turn, guildId: turn.guildId, projects: [project] };
}

const ENDED = "That has ended already.";

function waitingBehind({ id, conversationId }: Turn, { ledger }: CommandsDeps): readonly Turn[] {
  const waits = ({ state }: Turn) => state === "accepted" || state === "queued";
  return ledger.open(conversationId).filter((turn) => turn.id !== id && waits(turn));
}

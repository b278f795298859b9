import type { Turn } from "../../core/turn.ts";
import {
  type HandlerContext,
  type InteractionHandler,
  interactionHandler,
  type Subject,
} from "../interactions/handler.ts";
import type { IncomingInteraction } from "../interactions/incoming-interaction.ts";
import type { CommandsDeps } from "./commands-deps.ts";
import { placeOf } from "./place.ts";

interface TurnSubject extends Subject {
  /** Undefined when nothing runs: what there is is told only to those who may ask. */
  readonly turn: Turn | undefined;
}

/** `/stop`: ends the turn that runs here, or that waits first. */
export function stopCommand(deps: CommandsDeps): InteractionHandler {
  return interactionHandler<TurnSubject>({
    action: "talk",
    subject: (interaction) => {
      const place = placeOf(interaction, deps.projects());
      if (typeof place === "string") return place;
      const open = deps.ledger.open(place.conversationId).filter(({ state }) => state !== "delivering");
      const turn = open.find(({ state }) => state === "running") ?? open[0];
      return { ...place, turn };
    },
    run: (context) => cancel(context, deps),
  });
}

/** The Stop button under an answer, and the buttons of `/queue`: `stop:<turn id>`. */
export function stopTurn(deps: CommandsDeps): InteractionHandler {
  return interactionHandler<TurnSubject>({
    action: "talk",
    subject: (interaction) => turnSubject(interaction, deps),
    run: (context) => cancel(context, deps),
  });
}

/** Who asked may stop it; for what others asked it takes the right to manage. */
async function cancel(
  { subject: { turn }, interaction, may, answer }: HandlerContext<TurnSubject>,
  deps: CommandsDeps,
): Promise<void> {
  if (turn === undefined) return answer.whisper({ content: "Nothing runs here." });
  if (turn.authorId !== interaction.actor.userId && !may("manage")) {
    const content = `Only ${turn.authorId === undefined ? "a manager" : `<@${turn.authorId}> or a manager`} may stop this.`;
    return answer.whisper({ content });
  }
  const stopped = deps.conversation(turn.conversationId).cancel(turn.id);
  await answer.whisper({ content: stopped ? "Stopped." : ENDED });
}

function turnSubject({ input }: IncomingInteraction, deps: CommandsDeps): TurnSubject | string {
  const turnId = "customId" in input ? input.customId.split(":")[1] : undefined;
  const turn = deps.ledger.turn(turnId ?? "");
  if (turn === undefined || turn.end !== undefined) return ENDED;
  const project = deps.projects().find(({ name }) => name === turn.projectName);
  if (project === undefined) return "This project is no longer configured.";
  return { turn, guildId: turn.guildId, projects: [project] };
}

const ENDED = "That has ended already.";

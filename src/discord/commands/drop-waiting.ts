import type { Turn } from "../../core/turns/turn.ts";
import { button, row } from "../channel/components.ts";
import type { OutgoingMessage } from "../channel/message-payload.ts";
import { type InteractionHandler, interactionHandler } from "../interactions/handler.ts";
import type { CommandsDeps } from "./commands-deps.ts";
import { type ConversationSubject, conversationSubject } from "./conversation-subject.ts";

/** Says that a turn is stopped, with a button to drop what waits behind it. */
export function stoppedView(stopped: Turn, waiting: readonly Turn[]): OutgoingMessage {
  const count = waiting.length;
  if (count === 0) return { content: "Stopped." };
  const what = count === 1 ? "1 message waits and runs next." : `${count} messages wait and run next.`;
  const untilMs = Math.max(...waiting.map(({ acceptedAtMs }) => acceptedAtMs));
  const label = count === 1 ? "Drop it" : "Drop them";
  const drop = button(`drop-waiting:${stopped.id}:${untilMs}`, label, { color: "red" });
  return { content: `Stopped. ${what}`, components: [row(drop)] };
}

interface DropSubject extends ConversationSubject {
  /** What waited when the button was offered and has not ended since; one of it may run by now. */
  readonly offered: readonly Turn[];
}

/**
 * The button under `Stopped.`, `drop-waiting:<stopped turn>:<until>`: takes back what waited then, each as its author or
 * a manager may. What was asked later stays.
 */
export function dropWaiting(deps: CommandsDeps): InteractionHandler {
  return interactionHandler<DropSubject>({
    action: "talk",
    subject: (interaction) => {
      const here = conversationSubject(interaction, deps);
      if (typeof here === "string") return here;
      const { input } = interaction;
      const [, stoppedId, untilMs] = "customId" in input ? input.customId.split(":") : [];
      const offered = deps.ledger
        .open(here.conversationId)
        .filter(({ id, acceptedAtMs }) => id !== stoppedId && acceptedAtMs <= Number(untilMs));
      return { ...here, offered };
    },
    run: async ({ subject: { conversationId, offered }, interaction, may, answer }) => {
      if (offered.length === 0)
        return answer.update({ content: "Stopped. Of what waited, nothing is left." });
      const own = offered.filter(({ authorId }) => authorId === interaction.actor.userId || may("manage"));
      if (own.length === 0) return answer.whisper({ content: OTHERS });
      // The newest first: none of them may begin because the one before it has ended.
      const { cancel } = deps.conversation(conversationId);
      const dropped = own.toReversed().filter(({ id }) => cancel(id)).length;
      const left = offered.length - own.length;
      const others = left === 0 ? "" : ` ${messages(left)} of others ${left === 1 ? "stays" : "stay"}.`;
      await answer.update({ content: `Stopped. Dropped ${messages(dropped)}.${others}` });
    },
  });
}

const OTHERS = "Only who asked them, or a manager, may drop these messages.";

function messages(count: number): string {
  return `${count} ${count === 1 ? "message" : "messages"}`;
}

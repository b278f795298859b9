import type { Turn } from "../../core/turn.ts";
import { button, row } from "../components.ts";
import { type InteractionHandler, interactionHandler } from "../interactions/handler.ts";
import { cut, escaped } from "../reply/tool-line.ts";
import { TURN_BUTTONS } from "../turn-buttons.ts";
import type { CommandsDeps } from "./commands-deps.ts";
import { type Place, placeOf } from "./place.ts";

/** So many have buttons: two rows of five. */
const SHOWN = 10;

/** `/queue`: what waits here, and buttons to cancel each. */
export function queueCommand(deps: CommandsDeps): InteractionHandler {
  return interactionHandler<Place>({
    action: "talk",
    subject: (interaction) => placeOf(interaction, deps.projects()),
    run: async ({ subject, answer }) => {
      const open = deps.ledger.open(subject.conversationId).filter(({ state }) => state !== "delivering");
      if (open.length === 0) return answer.reply({ content: "Nothing runs or waits here." });
      const shown = open.slice(0, SHOWN);
      const more = open.length > SHOWN ? [`-# and ${open.length - SHOWN} more`] : [];
      const buttons = shown.map(({ id }, index) =>
        button(`${TURN_BUTTONS.stop}:${id}`, `Cancel ${index + 1}`),
      );
      await answer.reply({
        content: [...shown.map(line), ...more].join("\n"),
        components: [buttons.slice(0, 5), buttons.slice(5)]
          .filter((each) => each.length > 0)
          .map((each) => row(...each)),
      });
    },
  });
}

function line({ state, authorId, prompt, acceptedAtMs }: Turn, index: number): string {
  const who = authorId === undefined ? "" : `<@${authorId}> `;
  const what = state === "running" ? "**runs**" : "waits";
  return `${index + 1}. ${who}${what}, asked <t:${Math.floor(acceptedAtMs / 1000)}:R>: ${cut(escaped(prompt), 90)}`;
}

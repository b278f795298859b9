import type { Snowflake } from "../../core/projects/project.ts";
import type { Turn } from "../../core/turns/turn.ts";
import { button, row } from "../channel/components.ts";
import type { OutgoingMessage } from "../channel/message-payload.ts";
import { type InteractionHandler, interactionHandler } from "../interactions/handler.ts";
import { discordTime } from "../reply/amounts.ts";
import { cut, escaped } from "../reply/tool-line.ts";
import { HOLDS } from "../reply/waiting-text.ts";
import type { CommandsDeps } from "./commands-deps.ts";
import { type ConversationSubject, conversationSubject } from "./conversation-subject.ts";
import { stopTurn, type TurnSubject, turnSubject } from "./stop.ts";

/** So many have buttons: two rows of five. */
const SHOWN = 10;

/** `/queue`: what runs and waits here, and buttons to cancel each. */
export function queueCommand(deps: CommandsDeps): InteractionHandler {
  return interactionHandler<ConversationSubject>({
    action: "talk",
    subject: (interaction) => conversationSubject(interaction, deps),
    run: async ({ subject, answer }) => answer.reply(queueView(subject.conversationId, undefined, deps)),
  });
}

/** The buttons of `/queue`, `queue:<turn id>`: cancel a turn, and show what is left. */
export function queueButton(deps: CommandsDeps): InteractionHandler {
  return interactionHandler<TurnSubject>({
    action: "talk",
    subject: (interaction) => turnSubject(interaction, deps),
    run: async (context) => {
      const { turn } = context.subject;
      const refusal = stopTurn(context, deps);
      if (refusal !== undefined) return context.answer.whisper({ content: refusal });
      await context.answer.update(queueView(turn?.conversationId ?? "", turn?.id, deps));
    },
  });
}

function queueView(
  conversationId: Snowflake,
  without: string | undefined,
  deps: CommandsDeps,
): OutgoingMessage {
  const open = deps.ledger
    .open(conversationId)
    // One that was just cancelled may take a moment to end.
    .filter(({ id }) => id !== without);
  if (open.length === 0) return { content: "Nothing runs or waits here." };
  const shown = open.slice(0, SHOWN);
  const more = open.length > SHOWN ? [`-# and ${open.length - SHOWN} more`] : [];
  const buttons = shown.map(({ id }, index) => button(`queue:${id}`, `Cancel ${index + 1}`));
  return {
    content: [...shown.map(line), ...more].join("\n"),
    components: [buttons.slice(0, 5), buttons.slice(5)]
      .filter((each) => each.length > 0)
      .map((each) => row(...each)),
  };
}

function line(turn: Turn, index: number): string {
  const { state, authorId, prompt, acceptedAtMs, channelId, conversationId, heldBy, heldUntilMs = 0 } = turn;
  const where = channelId === conversationId ? "" : ` in <#${channelId}>`;
  const who = authorId === undefined ? "" : `<@${authorId}> `;
  const held =
    heldBy === undefined ? "" : ` for ${HOLDS[heldBy]} until ${discordTime(heldUntilMs, "t")} at the latest`;
  const what = state === "running" ? "**runs**" : `waits${held}`;
  return `${index + 1}. ${who}${what}, asked${where} <t:${Math.floor(acceptedAtMs / 1000)}:R>: ${cut(escaped(prompt), 90)}`;
}

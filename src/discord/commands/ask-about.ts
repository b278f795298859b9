import { quotedText } from "../../core/messages/quote.ts";
import { textForm } from "../channel/components.ts";
import { type InteractionHandler, interactionHandler } from "../interactions/handler.ts";
import type { IncomingInteraction, PointedMessage } from "../interactions/incoming-interaction.ts";
import { tooMuch } from "../interactions/too-much.ts";
import type { CommandsDeps } from "./commands-deps.ts";
import { type ConversationSubject, conversationSubject } from "./conversation-subject.ts";

export const ASK_ABOUT = "Ask Claude about this";

/** Forms that somebody may still be filling in. */
const KEPT = 100;

/** The entry of a message's menu and the form that it opens, `about:<message>`: a turn about that message. */
export function askAboutHandlers(deps: CommandsDeps): {
  command: InteractionHandler;
  form: InteractionHandler;
} {
  const pointed = new Map<string, PointedMessage>();
  // The form is theirs who opened it, where they did: somebody else may not be able to see the message.
  const keyOf = ({ actor, channelId }: IncomingInteraction, messageId: string) =>
    `${actor.userId} ${channelId} ${messageId}`;
  return {
    command: interactionHandler<ConversationSubject>({
      action: "talk",
      subject: (interaction) => conversationSubject(interaction, deps),
      run: async ({ interaction, answer }) => {
        const { input } = interaction;
        if (input.type !== "message_command") return;
        const { message } = input;
        if (message.content.trim() === "")
          return answer.whisper({ content: "There is no text in that message." });
        pointed.set(keyOf(interaction, message.id), message);
        for (const oldest of [...pointed.keys()].slice(0, -KEPT)) pointed.delete(oldest);
        const label = "What do you want to know?";
        const options = { customId: `about:${message.id}`, title: ASK_ABOUT, label, maxLength: 2000 };
        await answer.form(textForm(options));
      },
    }),
    form: interactionHandler<ConversationSubject & { readonly message: PointedMessage | undefined }>({
      action: "talk",
      subject: (interaction) => {
        const { input } = interaction;
        const here = conversationSubject(interaction, deps);
        const messageId = "customId" in input ? (input.customId.split(":")[1] ?? "") : "";
        const message = pointed.get(keyOf(interaction, messageId));
        return typeof here === "string" ? here : { ...here, message };
      },
      run: async ({ interaction, subject, answer }) => {
        const { project, conversationId, guildId, message } = subject;
        if (message === undefined)
          return answer.whisper({ content: "That took too long. Please choose the message again." });
        const refusal = tooMuch(interaction, { projectName: project.name, conversationId }, deps);
        if (refusal !== undefined) return answer.whisper({ content: refusal });
        const { authorName, content } = message;
        const question = interaction.input.type === "modal" ? (interaction.input.fields.text ?? "") : "";
        deps.ledger.accept({
          id: deps.newId(),
          conversationId,
          channelId: subject.channelId,
          guildId,
          projectName: project.name,
          messageId: undefined,
          authorId: interaction.actor.userId,
          authorName: interaction.actorName,
          prompt: `${question}\n\n${quotedText({ how: "is about", isBotItself: false, authorName, content })}`,
        });
        deps.conversation(conversationId).wake();
        const link = `https://discord.com/channels/${guildId}/${message.channelId}/${message.id}`;
        await answer.reply({ content: `Claude is asked about ${link}.` });
      },
    }),
  };
}

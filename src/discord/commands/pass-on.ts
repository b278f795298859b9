import type { SessionCommand } from "../../core/agents/agent.ts";
import { type InteractionHandler, interactionHandler } from "../interactions/handler.ts";
import { tooMuch } from "../interactions/too-much.ts";
import type { CommandsDeps } from "./commands-deps.ts";
import { type ConversationSubject, conversationSubject } from "./conversation-subject.ts";

/** A command of Claude Code's own, run in the channel's session as a turn; its text is the answer. */
export function passOn(command: SessionCommand, deps: CommandsDeps): InteractionHandler {
  return interactionHandler<ConversationSubject>({
    action: "talk",
    subject: (interaction) => conversationSubject(interaction, deps),
    run: async ({ interaction, subject: { project, conversationId, channelId, guildId }, answer }) => {
      if (deps.sessions.current(conversationId) === undefined) {
        return answer.reply({ content: "There is no session here yet." });
      }
      const refusal = tooMuch(interaction, { projectName: project.name, conversationId }, deps);
      if (refusal !== undefined) return answer.whisper({ content: refusal });
      deps.ledger.accept({
        id: deps.newId(),
        conversationId,
        channelId,
        guildId,
        projectName: project.name,
        messageId: undefined,
        authorId: interaction.actor.userId,
        authorName: interaction.actorName,
        prompt: command,
      });
      deps.conversation(conversationId).wake();
      await answer.reply({ content: `\`${command}\` runs as soon as what was asked before is done.` });
    },
  });
}

import type { IncomingMessage, Route } from "../../core/messages/inbound.ts";
import type { NewTurn } from "../../core/turns/ledger.ts";

/** The turn that a message asks for, without what came with it. */
export function newTurn(
  message: IncomingMessage,
  { conversationId, guildId, project, prompt }: Extract<Route, { kind: "turn" }>,
  id: string,
): NewTurn {
  return {
    id,
    conversationId,
    channelId: message.channelId,
    guildId,
    projectName: project.name,
    messageId: message.id,
    authorId: message.author.userId,
    authorName: message.authorName,
    prompt,
  };
}

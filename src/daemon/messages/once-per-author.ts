import type { IncomingMessage } from "../../core/messages/inbound.ts";
import type { Snowflake } from "../../core/projects/project.ts";

/**
 * The same, but Discord is asked once for all messages of an author: a thousand missed messages of one person would
 * be a thousand requests. For what takes moments, since roles change.
 */
export function oncePerAuthor(
  withAuthor: (message: IncomingMessage) => Promise<IncomingMessage>,
): (message: IncomingMessage) => Promise<IncomingMessage> {
  const asked = new Map<Snowflake, Promise<IncomingMessage>>();
  return async (message) => {
    if (message.author.kind === "webhook") return withAuthor(message);
    const { userId } = message.author;
    const first = asked.get(userId) ?? withAuthor(message);
    asked.set(userId, first);
    return { ...message, author: (await first).author };
  };
}

import type { APIMessage } from "discord-api-types/v10";
import type { Person } from "../../src/loopback/discord/people/person.ts";
import type { LoopbackDiscord } from "../../src/loopback/discord/server.ts";

/** Whether a message carries the footer, which stands under a finished answer and under no other. */
export function isFinished({ content }: Pick<APIMessage, "content">): boolean {
  return /^-# \d/m.test(content);
}

/** What the bot has written in a channel, oldest first. */
export function written(discord: LoopbackDiscord, channel: { id: string }): APIMessage[] {
  return discord.messages(channel).filter((message) => message.author.id === discord.bot.id);
}

/** Asks with a mention and gives the finished answer, all its messages. */
export async function ask(
  person: Person,
  channel: { id: string },
  text: string,
  timeoutMs = 60_000,
): Promise<APIMessage[]> {
  const message = await person.says(channel, text, { mention: true });
  return person.waitsForReply(message, { timeoutMs, done: (messages) => messages.some(isFinished) });
}

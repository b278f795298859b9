import { ChannelType, type Client, DiscordAPIError, type Message, RESTJSONErrorCodes } from "discord.js";
import type { IncomingMessage } from "../core/inbound.ts";
import type { Snowflake } from "../core/project.ts";
import { incomingMessage } from "./incoming-message.ts";
import { memberNow } from "./member-now.ts";

/** What stood in channels before the gateway told us of anything. */
export interface History {
  /** Up to 100 messages after `cursor`, oldest first; undefined when the channel is gone or can't be read. */
  after(channelId: Snowflake, cursor: Snowflake): Promise<readonly IncomingMessage[] | undefined>;
  /** One message as it stands now, with its author's roles; rejects when that can't be known. */
  message(
    channelId: Snowflake,
    messageId: Snowflake,
  ): Promise<{ message: IncomingMessage; editedAtMs: number | undefined } | "deleted">;
  /** The same message with its author's roles as they are now: messages of the history come without. */
  withAuthor(message: IncomingMessage): Promise<IncomingMessage>;
  /** The newest message of a channel or thread, as far as Discord has told. */
  newest(channelId: Snowflake): Snowflake | undefined;
  /** The threads under a channel that may have been written in since `sinceMs` (ms since the epoch). */
  threads(channelId: Snowflake, sinceMs: number): Promise<readonly Snowflake[]>;
}

/** The history of the channels that a logged-in client sees. */
export function createHistory(client: Client): History {
  const withAuthor = async (message: IncomingMessage): Promise<IncomingMessage> => {
    const { guildId, author } = message;
    if (guildId === undefined || author.kind !== "member" || author.guildId !== undefined) return message;
    return { ...message, author: await memberNow(client, guildId, author.userId) };
  };

  return {
    message: async (channelId, messageId) => {
      const channel = await client.channels.fetch(channelId);
      if (!channel?.isTextBased()) throw new Error(`${channelId} is no channel with messages`);
      try {
        const message = await channel.messages.fetch({ message: messageId, cache: false, force: true });
        const whole = await withAuthor(incomingMessage(message, true));
        return { message: whole, editedAtMs: message.editedTimestamp ?? undefined };
      } catch (error) {
        // A channel that can't be read for a while has lost no message.
        if (error instanceof DiscordAPIError && error.code === RESTJSONErrorCodes.UnknownMessage)
          return "deleted";
        throw error;
      }
    },

    after: async (channelId, cursor) => {
      const channel = await client.channels.fetch(channelId).catch(goneAsUndefined);
      if (!channel?.isTextBased() || channel.isDMBased()) return undefined;
      const page = await channel.messages
        .fetch({ after: cursor, limit: 100, cache: false })
        .catch(goneAsUndefined);
      return page && [...page.values()].sort(byAge).map((message) => incomingMessage(message, true));
    },

    withAuthor,

    newest: (channelId) => {
      const channel = client.channels.cache.get(channelId);
      return channel && "lastMessageId" in channel ? (channel.lastMessageId ?? undefined) : undefined;
    },

    threads: async (channelId, sinceMs) => {
      const channel = await client.channels.fetch(channelId).catch(goneAsUndefined);
      if (!channel || !("threads" in channel)) return [];
      const active = [...channel.threads.cache.values()].filter((thread) => thread.archived !== true);
      // A thread that was written in and has been archived since is in no event that we were sent.
      const archived = await channel.threads.fetchArchived({ limit: 100 }, false).catch(goneAsUndefined);
      const late = [...(archived?.threads.values() ?? [])].filter(
        (thread) => (thread.archiveTimestamp ?? 0) >= sinceMs && thread.type !== ChannelType.PrivateThread,
      );
      return [...new Set([...active, ...late].map((thread) => thread.id))];
    },
  };
}

function byAge(a: Message, b: Message): number {
  return BigInt(a.id) < BigInt(b.id) ? -1 : 1;
}

/** Unknown things, and those that we may not see, are gone for us; anything else may pass and is tried again. */
function goneAsUndefined(error: unknown): undefined {
  if (error instanceof DiscordAPIError && (error.status === 404 || error.status === 403)) return undefined;
  throw error;
}

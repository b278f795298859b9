import {
  type AnyThreadChannel,
  type Channel,
  ChannelType,
  type Client,
  DiscordAPIError,
  type FetchedThreadsMore,
  type Message,
  RESTJSONErrorCodes,
} from "discord.js";
import type { IncomingMessage } from "../../core/messages/inbound.ts";
import type { Snowflake } from "../../core/projects/project.ts";
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
  /** The newest message of a channel or thread, its own id while it is empty; undefined when it isn't known. */
  newest(channelId: Snowflake): Snowflake | undefined;
  /** The threads under a channel that may have been written in since `sinceMs` (ms since the epoch). */
  threads(channelId: Snowflake, sinceMs: number): Promise<readonly Snowflake[]>;
}

/** The history of the channels that a logged-in client sees. */
export function createHistory(client: Client): History {
  const withAuthor = async (message: IncomingMessage): Promise<IncomingMessage> => {
    const { guildId, author } = message;
    if (guildId === undefined || author.kind === "webhook" || author.guildId !== undefined) return message;
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
      // A forum has posts, which are threads, and no messages of its own.
      if (channel?.isThreadOnly()) return [];
      if (!channel?.isTextBased() || channel.isDMBased()) return undefined;
      const page = await channel.messages
        .fetch({ after: cursor, limit: PAGE, cache: false })
        .catch(goneAsUndefined);
      return page && [...page.values()].sort(byAge).map((message) => incomingMessage(message, true));
    },

    withAuthor,

    newest: (channelId) => {
      const channel = client.channels.cache.get(channelId);
      return channel && "lastMessageId" in channel ? (channel.lastMessageId ?? channelId) : undefined;
    },

    threads: async (channelId, sinceMs) => {
      const channel = await client.channels.fetch(channelId).catch(goneAsUndefined);
      if (!channel || !("threads" in channel)) return [];
      // First of all: a thread that was archived while we were away still counts as active in the cache.
      const late = await archivedThreads(channel, "public", sinceMs);
      if (channel.type === ChannelType.GuildText) {
        late.push(...(await archivedThreads(channel, "private", sinceMs)));
      }
      const active = [...channel.threads.cache.values()].filter((thread) => thread.archived !== true);
      return [...new Set([...active, ...late].map((thread) => thread.id))];
    },
  };
}

/** Threads that were archived since `sinceMs`: those are in no event that we were sent. Private ones that the bot is in. */
async function archivedThreads(
  { threads }: Extract<Channel, { threads: unknown }>,
  type: "public" | "private",
  sinceMs: number,
): Promise<AnyThreadChannel[]> {
  const found: AnyThreadChannel[] = [];
  for (let before: AnyThreadChannel | undefined; ; ) {
    const page: FetchedThreadsMore | undefined = await threads
      .fetchArchived({ type, limit: PAGE, ...(before === undefined ? {} : { before }) })
      .catch(goneAsUndefined);
    const all = [...(page?.threads.values() ?? [])];
    const late = all.filter(({ archiveTimestamp }) => (archiveTimestamp ?? 0) >= sinceMs);
    found.push(...late);
    // Public ones come by the time at which they were archived, the newest first; private ones by their age.
    const isOver = type === "public" && late.length < all.length;
    before = all.at(-1);
    if (page?.hasMore !== true || isOver || before === undefined) return found;
  }
}

const PAGE = 100;

function byAge(a: Message, b: Message): number {
  return BigInt(a.id) < BigInt(b.id) ? -1 : 1;
}

/** Unknown things, and those that we may not see, are gone for us; anything else may pass and is tried again. */
function goneAsUndefined(error: unknown): undefined {
  if (error instanceof DiscordAPIError && (error.status === 404 || error.status === 403)) return undefined;
  throw error;
}

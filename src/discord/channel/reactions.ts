import { type REST, Routes } from "discord.js";
import type { APIMessage } from "discord-api-types/v10";
import type { Snowflake } from "../../core/projects/project.ts";

/** The bot's own reactions to the messages of one channel; `emoji` is the character itself. */
export interface Reactions {
  add(messageId: Snowflake, emoji: string): Promise<void>;
  remove(messageId: Snowflake, emoji: string): Promise<void>;
  /** What the bot has on a message now. */
  own(messageId: Snowflake): Promise<readonly string[]>;
}

export function createReactions(rest: REST, channelId: Snowflake): Reactions {
  const route = (messageId: Snowflake, emoji: string) =>
    Routes.channelMessageOwnReaction(channelId, messageId, encodeURIComponent(emoji));
  return {
    add: async (messageId, emoji) => {
      await rest.put(route(messageId, emoji));
    },
    remove: async (messageId, emoji) => {
      await rest.delete(route(messageId, emoji));
    },
    own: async (messageId) => {
      const message = (await rest.get(Routes.channelMessage(channelId, messageId))) as APIMessage;
      return (message.reactions ?? []).flatMap(({ me, emoji }) => (me && emoji.name ? [emoji.name] : []));
    },
  };
}

import type { IncomingMessage } from "../../core/messages/inbound.ts";
import type { Snowflake } from "../../core/projects/project.ts";

/** Edits and deletes of messages that are known and not yet handled: read from a channel, or waiting behind those. */
export interface LateChanges {
  /** Remembers what happens in a channel until it is forgotten. */
  watch(channelId: Snowflake): void;
  forget(channelId: Snowflake): void;
  /** A message has a new form, or, with undefined, is gone. */
  changed(channelId: Snowflake, messageId: Snowflake, message: IncomingMessage | undefined): void;
  /** The message as it stands now; undefined when it is gone. */
  latestForm(message: IncomingMessage): IncomingMessage | undefined;
}

export function createLateChanges(): LateChanges {
  const watched = new Map<Snowflake, Map<Snowflake, IncomingMessage | undefined>>();
  return {
    watch: (channelId) => {
      watched.set(channelId, new Map());
    },
    forget: (channelId) => {
      watched.delete(channelId);
    },
    changed: (channelId, messageId, message) => {
      watched.get(channelId)?.set(messageId, message);
    },
    latestForm: (message) => {
      const changes = watched.get(message.channelId);
      if (changes?.has(message.id) !== true) return message;
      const changed = changes.get(message.id);
      // An edit may come without what its guild says of the author.
      return changed?.author.guildId === undefined && changed !== undefined
        ? { ...changed, author: message.author, authorName: message.authorName }
        : changed;
    },
  };
}

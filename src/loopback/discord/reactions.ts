import { type APIPartialEmoji, GatewayDispatchEvents, ReactionType } from "discord-api-types/v10";
import { refusal } from "./api-error.ts";
import { channelOf } from "./lookups.ts";
import { guildField } from "./messages.ts";
import { memberPayload } from "./payloads/member-payload.ts";
import type { StoredMessage, World } from "./world.ts";

/** Reads an emoji as routes name it: the character itself, or `name:id` for a guild's own. */
export function parseEmoji(text: string): APIPartialEmoji {
  const custom = /^(?:<?a?:)?(\w{2,32}):(\d{15,20})>?$/.exec(text);
  if (custom?.[1] !== undefined && custom[2] !== undefined) return { id: custom[2], name: custom[1] };
  if (!/\p{Extended_Pictographic}|\p{Regional_Indicator}|\u20e3/u.test(text)) throw refusal("unknownEmoji");
  return { id: null, name: text };
}

/** Puts a person's reaction on a message; a second one of the same emoji changes nothing. */
export function addReaction(
  world: World,
  message: StoredMessage,
  userId: string,
  emoji: APIPartialEmoji,
): void {
  const key = emojiKey(emoji);
  const reaction = message.reactions.get(key) ?? { emoji, userIds: new Set<string>() };
  message.reactions.set(key, reaction);
  if (reaction.userIds.has(userId)) return;
  reaction.userIds.add(userId);
  const channel = channelOf(world, message.channelId);
  world.emit({
    type: GatewayDispatchEvents.MessageReactionAdd,
    channelId: channel.id,
    data: {
      ...reactionData(world, message, userId, emoji),
      message_author_id: message.authorId,
      ...(channel.inGuild && world.members.has(userId) ? { member: memberPayload(world, userId) } : {}),
    },
  });
}

/** Takes a person's reaction off, if it is there. */
export function removeReaction(
  world: World,
  message: StoredMessage,
  userId: string,
  emoji: APIPartialEmoji,
): void {
  const reaction = message.reactions.get(emojiKey(emoji));
  if (reaction?.userIds.delete(userId) !== true) return;
  if (reaction.userIds.size === 0) message.reactions.delete(emojiKey(emoji));
  world.emit({
    type: GatewayDispatchEvents.MessageReactionRemove,
    channelId: message.channelId,
    data: reactionData(world, message, userId, emoji),
  });
}

/** Takes off every reaction, or every one with the emoji. */
export function clearReactions(world: World, message: StoredMessage, emoji?: APIPartialEmoji): void {
  const ids = {
    channel_id: message.channelId,
    message_id: message.id,
    ...guildField(world, channelOf(world, message.channelId)),
  };
  if (emoji === undefined) {
    message.reactions.clear();
    world.emit({
      type: GatewayDispatchEvents.MessageReactionRemoveAll,
      channelId: message.channelId,
      data: ids,
    });
  } else if (message.reactions.delete(emojiKey(emoji))) {
    world.emit({
      type: GatewayDispatchEvents.MessageReactionRemoveEmoji,
      channelId: message.channelId,
      data: { ...ids, emoji },
    });
  }
}

/** Who reacted with the emoji, in the order in which they did. */
export function reactedUserIds(message: StoredMessage, emoji: APIPartialEmoji): string[] {
  return [...(message.reactions.get(emojiKey(emoji))?.userIds ?? [])];
}

function emojiKey(emoji: APIPartialEmoji): string {
  return emoji.id ?? emoji.name ?? "";
}

function reactionData(world: World, message: StoredMessage, userId: string, emoji: APIPartialEmoji) {
  return {
    user_id: userId,
    channel_id: message.channelId,
    message_id: message.id,
    ...guildField(world, channelOf(world, message.channelId)),
    emoji,
    burst: false,
    type: ReactionType.Normal,
  };
}

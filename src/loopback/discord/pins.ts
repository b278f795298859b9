import { GatewayDispatchEvents, MessageReferenceType, MessageType } from "discord-api-types/v10";
import { refusal } from "./api-error.ts";
import { messagesOf } from "./lookups.ts";
import { createMessage, guildField, messageChanged } from "./messages.ts";
import type { StoredChannel, StoredMessage, World } from "./world.ts";

/** Pins a message and says so in the channel, as Discord does. */
export function pinMessage(
  world: World,
  channel: StoredChannel,
  message: StoredMessage,
  userId: string,
): void {
  if (message.pinnedAtMs !== null) return;
  if (pinnedMessages(world, channel).length >= PIN_LIMIT) throw refusal("tooManyPins");
  message.pinnedAtMs = world.now();
  channel.lastPinAtMs = message.pinnedAtMs;
  pinsChanged(world, channel, message);
  createMessage(world, {
    channelId: channel.id,
    authorId: userId,
    type: MessageType.ChannelPinnedMessage,
    reference: {
      type: MessageReferenceType.Default,
      channel_id: channel.id,
      message_id: message.id,
      ...guildField(world, channel),
    },
  });
}

/** Takes a pin off, without a word in the channel. */
export function unpinMessage(world: World, channel: StoredChannel, message: StoredMessage): void {
  if (message.pinnedAtMs === null) return;
  message.pinnedAtMs = null;
  pinsChanged(world, channel, message);
}

/** The channel's pinned messages, the last pinned first. */
export function pinnedMessages(world: World, channel: StoredChannel): StoredMessage[] {
  return [...messagesOf(world, channel.id).values()]
    .filter((message) => message.pinnedAtMs !== null)
    .sort((left, right) => (right.pinnedAtMs ?? 0) - (left.pinnedAtMs ?? 0));
}

const PIN_LIMIT = 250;

function pinsChanged(world: World, channel: StoredChannel, message: StoredMessage): void {
  messageChanged(world, message);
  world.emit({
    type: GatewayDispatchEvents.ChannelPinsUpdate,
    channelId: channel.id,
    data: {
      channel_id: channel.id,
      last_pin_timestamp: channel.lastPinAtMs === null ? null : new Date(channel.lastPinAtMs).toISOString(),
      ...guildField(world, channel),
    },
  });
}

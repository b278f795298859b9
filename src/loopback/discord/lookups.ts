import { refusal } from "./api-error.ts";
import type { StoredChannel, StoredMember, StoredMessage, World } from "./world.ts";

/** The channel or thread, or Discord's refusal 10003. */
export function channelOf(world: World, channelId: string): StoredChannel {
  const channel = world.channels.get(channelId);
  if (channel === undefined) throw refusal("unknownChannel");
  return channel;
}

/** The channel's messages, oldest first. */
export function messagesOf(world: World, channelId: string): Map<string, StoredMessage> {
  const present = world.messages.get(channelId);
  if (present !== undefined) return present;
  const messages = new Map<string, StoredMessage>();
  world.messages.set(channelId, messages);
  return messages;
}

/** The message as `viewerId` may know of it, or refusal 10008; somebody else's ephemeral message is unknown. */
export function messageOf(
  world: World,
  channelId: string,
  messageId: string,
  viewerId: string | undefined,
): StoredMessage {
  const message = world.messages.get(channelId)?.get(messageId);
  if (message === undefined) throw refusal("unknownMessage");
  if (message.onlyFor !== undefined && message.onlyFor !== viewerId) throw refusal("unknownMessage");
  return message;
}

/** The member of the guild, or refusal 10007. */
export function memberOf(world: World, userId: string): StoredMember {
  const member = world.members.get(userId);
  if (member === undefined) throw refusal("unknownMember");
  return member;
}

/** The channel whose overwrites rule here: a thread's parent, else the channel itself. */
export function rulingChannel(world: World, channel: StoredChannel): StoredChannel {
  if (channel.thread === undefined || channel.parentId === null) return channel;
  return world.channels.get(channel.parentId) ?? channel;
}

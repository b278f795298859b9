import {
  type APIMessage,
  type APIMessageSnapshot,
  type GatewayMessageCreateDispatchData,
  MessageReferenceType,
  MessageType,
} from "discord-api-types/v10";
import { withFreshUrls } from "../attachments.ts";
import { snowflakeTimeMs } from "../snowflakes.ts";
import type { StoredMessage, World } from "../world.ts";
import { channelPayload } from "./channel-payload.ts";
import { memberWithoutUser, userPayload } from "./member-payload.ts";

/** A message as REST gives it to `viewerId`; the replied-to message comes along one level deep. */
export function messagePayload(world: World, message: StoredMessage, viewerId = world.botId): APIMessage {
  return { ...flatPayload(world, message, viewerId), ...referencedMessage(world, message, viewerId) };
}

/** A message as the gateway tells of it: with the guild, and the member behind every user. */
export function messageDispatch(world: World, message: StoredMessage): GatewayMessageCreateDispatchData {
  const payload = messagePayload(world, message);
  const channel = world.channels.get(message.channelId);
  if (channel === undefined || !channel.inGuild) {
    return {
      ...payload,
      channel_type: channel?.type as NonNullable<GatewayMessageCreateDispatchData["channel_type"]>,
    };
  }
  const member = message.webhookAuthor === undefined ? world.members.get(message.authorId) : undefined;
  return {
    ...payload,
    channel_type: channel.type as NonNullable<GatewayMessageCreateDispatchData["channel_type"]>,
    guild_id: world.guildId,
    ...(member === undefined ? {} : { member: memberWithoutUser(member) }),
    mentions: payload.mentions.map((user) => {
      const mentioned = world.members.get(user.id);
      return mentioned === undefined ? user : { ...user, member: memberWithoutUser(mentioned) };
    }),
  };
}

/** What a forward carries along of a message. */
export function snapshotOf(world: World, message: StoredMessage): APIMessageSnapshot {
  const {
    type,
    content,
    embeds,
    components,
    attachments,
    timestamp,
    edited_timestamp,
    flags,
    mentions,
    mention_roles,
  } = messagePayload(world, message);
  return {
    message: {
      type,
      content,
      embeds,
      attachments,
      timestamp,
      edited_timestamp,
      mentions,
      mention_roles,
      ...(flags === undefined ? {} : { flags }),
      ...(components === undefined ? {} : { components }),
    },
  };
}

/** The author as people and the bot see it. */
export function authorPayload(world: World, message: StoredMessage) {
  return message.webhookAuthor ?? userPayload(world, message.authorId);
}

function flatPayload(world: World, message: StoredMessage, viewerId: string): APIMessage {
  const thread = message.id === message.channelId ? undefined : world.channels.get(message.id);
  return {
    id: message.id,
    channel_id: message.channelId,
    type: message.type,
    author: authorPayload(world, message),
    content: message.content,
    timestamp: new Date(snowflakeTimeMs(message.id)).toISOString(),
    edited_timestamp: message.editedAtMs === null ? null : new Date(message.editedAtMs).toISOString(),
    tts: message.tts,
    mention_everyone: message.mentionsEveryone,
    mentions: message.mentionedUserIds.map((userId) => userPayload(world, userId)),
    mention_roles: [...message.mentionedRoleIds],
    attachments: message.attachments.map((attachment) => withFreshUrls(world, attachment)),
    embeds: structuredClone(message.embeds),
    components: structuredClone(message.components),
    pinned: message.pinnedAtMs !== null,
    flags: message.flags,
    ...(message.reactions.size === 0 ? {} : { reactions: reactionsPayload(message, viewerId) }),
    ...(message.webhookId === undefined ? {} : { webhook_id: message.webhookId }),
    ...(message.applicationId === undefined ? {} : { application_id: message.applicationId }),
    ...(message.interactionMetadata === undefined
      ? {}
      : { interaction_metadata: message.interactionMetadata }),
    ...(message.reference === undefined ? {} : { message_reference: { ...message.reference } }),
    ...(message.position === undefined ? {} : { position: message.position }),
    ...(thread?.thread === undefined ? {} : { thread: channelPayload(world, thread) }),
  };
}

function reactionsPayload(message: StoredMessage, viewerId: string): NonNullable<APIMessage["reactions"]> {
  return [...message.reactions.values()].map(({ emoji, userIds }) => ({
    emoji,
    count: userIds.size,
    count_details: { burst: 0, normal: userIds.size },
    burst_colors: [],
    me: userIds.has(viewerId),
    me_burst: false,
  }));
}

/** `null` says that the message was deleted; absent, that there never was one to fetch. */
function referencedMessage(
  world: World,
  message: StoredMessage,
  viewerId: string,
): Partial<Pick<APIMessage, "referenced_message" | "message_snapshots">> {
  if (message.snapshot !== undefined) return { message_snapshots: [message.snapshot] };
  if (message.type !== MessageType.Reply && message.type !== MessageType.ThreadStarterMessage) return {};
  const { reference } = message;
  if (reference?.message_id === undefined || reference.type === MessageReferenceType.Forward) return {};
  const referenced = world.messages.get(reference.channel_id)?.get(reference.message_id);
  return { referenced_message: referenced === undefined ? null : flatPayload(world, referenced, viewerId) };
}

import {
  type APIChannel,
  type APIThreadMember,
  ChannelType,
  type ThreadMemberFlags,
} from "discord-api-types/v10";
import { snowflakeTimeMs } from "../snowflakes.ts";
import type { StoredChannel, StoredThread, World } from "../world.ts";
import { userPayload } from "./member-payload.ts";

/** A channel, thread or DM as the bot sees it. */
export function channelPayload(world: World, channel: StoredChannel): APIChannel {
  if (!channel.inGuild) return dmPayload(world, channel);
  const payload = {
    id: channel.id,
    type: channel.type,
    guild_id: world.guildId,
    name: channel.name,
    parent_id: channel.parentId,
    flags: channel.flags,
    ...(channel.type === ChannelType.GuildCategory
      ? {}
      : {
          last_message_id: channel.lastMessageId,
          rate_limit_per_user: channel.rateLimitPerUser,
          last_pin_timestamp: isoOrNull(channel.lastPinAtMs),
        }),
    ...(channel.thread === undefined ? placed(channel) : threadFields(world, channel, channel.thread)),
  };
  // One literal serves every kind of guild channel; the union's members differ only in their `type`.
  return payload as unknown as APIChannel;
}

/** One member of a thread. */
export function threadMemberPayload(channelId: string, userId: string, joinedAtMs: number): APIThreadMember {
  return {
    id: channelId,
    user_id: userId,
    join_timestamp: new Date(joinedAtMs).toISOString(),
    flags: 0 as ThreadMemberFlags,
  };
}

function dmPayload(world: World, channel: StoredChannel): APIChannel {
  const payload = {
    id: channel.id,
    type: channel.type,
    flags: channel.flags,
    last_message_id: channel.lastMessageId,
    last_pin_timestamp: isoOrNull(channel.lastPinAtMs),
    recipients: channel.recipientId === undefined ? [] : [userPayload(world, channel.recipientId)],
  };
  return payload as unknown as APIChannel;
}

function placed(channel: StoredChannel): object {
  return {
    position: channel.position,
    nsfw: channel.nsfw,
    topic: channel.topic,
    permission_overwrites: [...channel.overwrites.values()],
    ...(channel.type === ChannelType.GuildForum
      ? {
          available_tags: channel.availableTags,
          default_reaction_emoji: null,
          default_sort_order: null,
          default_forum_layout: 0,
        }
      : {}),
  };
}

function threadFields(world: World, channel: StoredChannel, thread: StoredThread): object {
  const joinedAtMs = thread.members.get(world.botId);
  return {
    owner_id: thread.ownerId,
    thread_metadata: {
      archived: thread.archived,
      archive_timestamp: new Date(thread.archiveChangedAtMs).toISOString(),
      auto_archive_duration: thread.autoArchiveMinutes,
      locked: thread.locked,
      create_timestamp: new Date(snowflakeTimeMs(channel.id)).toISOString(),
      ...(channel.type === ChannelType.PrivateThread ? { invitable: thread.invitable } : {}),
    },
    message_count: thread.messageCount,
    total_message_sent: thread.totalMessageSent,
    member_count: Math.min(thread.members.size, 50),
    applied_tags: thread.appliedTags,
    ...(joinedAtMs === undefined ? {} : { member: threadMemberPayload(channel.id, world.botId, joinedAtMs) }),
  };
}

function isoOrNull(atMs: number | null): string | null {
  return atMs === null ? null : new Date(atMs).toISOString();
}

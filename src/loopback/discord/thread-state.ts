import { type APIThreadChannel, GatewayDispatchEvents } from "discord-api-types/v10";
import { channelPayload, threadMemberPayload } from "./payloads/channel-payload.ts";
import { memberPayload } from "./payloads/member-payload.ts";
import type { StoredChannel, World } from "./world.ts";

/** Adds people to a thread; those who are in it already are passed over. */
export function joinThread(world: World, channel: StoredChannel, userIds: readonly string[]): void {
  const { thread } = channel;
  if (thread === undefined) return;
  const added = userIds.filter((userId) => !thread.members.has(userId) && world.members.has(userId));
  if (added.length === 0) return;
  const atMs = world.now();
  for (const userId of added) thread.members.set(userId, atMs);
  world.emit({
    type: GatewayDispatchEvents.ThreadMembersUpdate,
    channelId: channel.id,
    data: {
      id: channel.id,
      guild_id: world.guildId,
      member_count: thread.members.size,
      added_members: added.map((userId) => ({
        ...threadMemberPayload(channel.id, userId, atMs),
        member: memberPayload(world, userId),
        presence: null,
      })),
    },
  });
  if (added.includes(world.botId)) announceThread(world, channel);
}

/** Takes a person out of a thread. */
export function leaveThread(world: World, channel: StoredChannel, userId: string): void {
  if (channel.thread?.members.delete(userId) !== true) return;
  world.emit({
    type: GatewayDispatchEvents.ThreadMembersUpdate,
    channelId: channel.id,
    data: {
      id: channel.id,
      guild_id: world.guildId,
      member_count: channel.thread.members.size,
      removed_member_ids: [userId],
    },
  });
}

/** Archives or wakes a thread. */
export function setThreadArchived(world: World, channel: StoredChannel, archived: boolean): void {
  if (channel.thread === undefined || channel.thread.archived === archived) return;
  channel.thread.archived = archived;
  channel.thread.archiveChangedAtMs = world.now();
  threadChanged(world, channel);
}

/** Tells that a thread is no longer as it was. */
export function threadChanged(world: World, channel: StoredChannel): void {
  world.emit({
    type: GatewayDispatchEvents.ThreadUpdate,
    channelId: channel.id,
    data: channelPayload(world, channel) as APIThreadChannel,
  });
}

/** THREAD_CREATE comes with the bot's own membership when it is added to a thread that was there before. */
function announceThread(world: World, channel: StoredChannel): void {
  world.emit({
    type: GatewayDispatchEvents.ThreadCreate,
    channelId: channel.id,
    data: channelPayload(world, channel) as APIThreadChannel,
  });
}

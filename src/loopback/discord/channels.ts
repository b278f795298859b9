import {
  type APIOverwrite,
  ChannelType,
  type GatewayChannelCreateDispatchData,
  GatewayDispatchEvents,
} from "discord-api-types/v10";
import { channelPayload } from "./payloads/channel-payload.ts";
import type { StoredChannel, World } from "./world.ts";

/** A channel of the guild, by default for text. */
export function createChannel(
  world: World,
  channel: {
    name: string;
    type?: ChannelType;
    topic?: string | null;
    parentId?: string | null;
    overwrites?: readonly APIOverwrite[];
    availableTags?: StoredChannel["availableTags"];
    nsfw?: boolean;
    rateLimitPerUser?: number;
    flags?: number;
  },
): StoredChannel {
  const created: StoredChannel = {
    id: world.nextId(),
    type: channel.type ?? ChannelType.GuildText,
    inGuild: true,
    name: channel.name,
    topic: channel.topic ?? null,
    parentId: channel.parentId ?? null,
    position: world.channels.size,
    nsfw: channel.nsfw ?? false,
    flags: channel.flags ?? 0,
    rateLimitPerUser: channel.rateLimitPerUser ?? 0,
    overwrites: new Map((channel.overwrites ?? []).map((overwrite) => [overwrite.id, overwrite])),
    lastMessageId: null,
    lastPinAtMs: null,
    availableTags: channel.availableTags ?? [],
  };
  world.channels.set(created.id, created);
  world.emit({
    type: GatewayDispatchEvents.ChannelCreate,
    channelId: created.id,
    data: channelPayload(world, created) as GatewayChannelCreateDispatchData,
  });
  return created;
}

/** Tells that a channel is no longer as it was. */
export function channelChanged(world: World, channel: StoredChannel): void {
  world.emit({
    type: GatewayDispatchEvents.ChannelUpdate,
    channelId: channel.id,
    data: channelPayload(world, channel) as GatewayChannelCreateDispatchData,
  });
}

/** The DM of a person with the bot, made at the first need. */
export function dmWith(world: World, userId: string): StoredChannel {
  const present = [...world.channels.values()].find(
    (channel) => channel.type === ChannelType.DM && channel.recipientId === userId,
  );
  if (present !== undefined) return present;
  const created: StoredChannel = {
    id: world.nextId(),
    type: ChannelType.DM,
    inGuild: false,
    name: "",
    topic: null,
    parentId: null,
    position: 0,
    nsfw: false,
    flags: 0,
    rateLimitPerUser: 0,
    overwrites: new Map(),
    lastMessageId: null,
    lastPinAtMs: null,
    availableTags: [],
    recipientId: userId,
  };
  world.channels.set(created.id, created);
  return created;
}

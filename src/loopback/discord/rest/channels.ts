import { type APIOverwrite, ChannelType, MessageType, PermissionFlagsBits } from "discord-api-types/v10";
import type { z } from "zod";
import { invalidForm, refusal } from "../api-error.ts";
import { channelChanged, createChannel } from "../channels.ts";
import { channelOf } from "../lookups.ts";
import { createMessage } from "../messages.ts";
import { channelPayload } from "../payloads/channel-payload.ts";
import { permissionsOf, requireGuildPermissions, requirePermissions } from "../permissions.ts";
import { threadChanged } from "../thread-state.ts";
import { deleteChannel } from "../threads.ts";
import type { StoredChannel, StoredThread, World } from "../world.ts";
import { channelBody, overwriteBody, threadBody } from "./channel-body.ts";
import { parseAs } from "./parse.ts";
import { type AddRoute, created } from "./router.ts";

/** Channels and threads themselves: get, create, change, delete, overwrites. */
export function addChannelRoutes(world: World, add: AddRoute): void {
  add("GET", "/channels/:channelId", ({ param }) => {
    const channel = channelOf(world, param("channelId"));
    requirePermissions(world, world.botId, channel);
    return channelPayload(world, channel);
  });

  add("GET", "/guilds/:guildId/channels", ({ param }) => {
    if (param("guildId") !== world.guildId || !world.members.has(world.botId)) throw refusal("unknownGuild");
    return [...world.channels.values()]
      .filter((channel) => channel.inGuild && channel.thread === undefined)
      .map((channel) => channelPayload(world, channel));
  });

  add("POST", "/guilds/:guildId/channels", ({ body }) => {
    requireGuildPermissions(world, world.botId, PermissionFlagsBits.ManageChannels);
    const parsed = parseAs(channelBody.required({ name: true }), body);
    const type = parsed.type ?? ChannelType.GuildText;
    const parent = parsed.parent_id ? categoryOf(world, parsed.parent_id) : undefined;
    const channel = createChannel(world, {
      name: type === ChannelType.GuildText ? parsed.name.toLowerCase().replace(/\s+/g, "-") : parsed.name,
      type,
      topic: parsed.topic ?? null,
      parentId: parent?.id ?? null,
      nsfw: parsed.nsfw ?? false,
      rateLimitPerUser: parsed.rate_limit_per_user ?? 0,
      // In a category, a channel begins with the category's permissions unless it is told otherwise.
      overwrites: overwritesOf(parsed) ?? [...(parent?.overwrites.values() ?? [])],
      availableTags: tagsOf(world, parsed) ?? [],
      flags: parsed.flags ?? 0,
    });
    return created(channelPayload(world, channel));
  });

  add("PATCH", "/channels/:channelId", ({ param, body }) => {
    const channel = channelOf(world, param("channelId"));
    if (channel.thread === undefined) changeChannel(world, channel, parseAs(channelBody, body));
    else changeThread(world, channel, channel.thread, parseAs(threadBody, body));
    return channelPayload(world, channel);
  });

  add("DELETE", "/channels/:channelId", ({ param }) => {
    const channel = channelOf(world, param("channelId"));
    const needed =
      channel.thread === undefined ? PermissionFlagsBits.ManageChannels : PermissionFlagsBits.ManageThreads;
    requirePermissions(world, world.botId, channel, ...(channel.inGuild ? [needed] : []));
    const payload = channelPayload(world, channel);
    // Closing a DM takes nothing away: it opens again with its messages.
    if (channel.inGuild) deleteChannel(world, channel);
    return payload;
  });

  add("PUT", "/channels/:channelId/permissions/:overwriteId", ({ param, body }) => {
    const channel = channelOf(world, param("channelId"));
    requirePermissions(world, world.botId, channel, PermissionFlagsBits.ManageRoles);
    const overwrite = overwriteOf({ ...parseAs(overwriteBody, body), id: param("overwriteId") });
    channel.overwrites.set(overwrite.id, overwrite);
    channelChanged(world, channel);
  });

  add("DELETE", "/channels/:channelId/permissions/:overwriteId", ({ param }) => {
    const channel = channelOf(world, param("channelId"));
    requirePermissions(world, world.botId, channel, PermissionFlagsBits.ManageRoles);
    if (!channel.overwrites.delete(param("overwriteId"))) throw refusal("unknownOverwrite");
    channelChanged(world, channel);
  });
}

/** The category that a new channel is to stand in. */
function categoryOf(world: World, id: string): StoredChannel {
  const found = world.channels.get(id);
  const wrong = (code: string, message: string) => invalidForm([{ path: ["parent_id"], code, message }]);
  if (found?.type !== ChannelType.GuildCategory)
    throw wrong("CHANNEL_PARENT_INVALID", "Category does not exist");
  requirePermissions(world, world.botId, found, PermissionFlagsBits.ManageChannels);
  const held = [...world.channels.values()].filter(({ parentId }) => parentId === id).length;
  if (held >= CATEGORY_HOLDS) {
    throw wrong(
      "CHANNEL_PARENT_MAX_CHANNELS",
      `Maximum number of channels in category reached (${CATEGORY_HOLDS})`,
    );
  }
  return found;
}

const CATEGORY_HOLDS = 50;

function changeChannel(world: World, channel: StoredChannel, change: z.infer<typeof channelBody>): void {
  requirePermissions(world, world.botId, channel, PermissionFlagsBits.ManageChannels);
  channel.name = change.name ?? channel.name;
  if (change.topic !== undefined) channel.topic = change.topic;
  if (change.parent_id !== undefined) channel.parentId = change.parent_id;
  channel.nsfw = change.nsfw ?? channel.nsfw;
  channel.position = change.position ?? channel.position;
  channel.rateLimitPerUser = change.rate_limit_per_user ?? channel.rateLimitPerUser;
  channel.flags = change.flags ?? channel.flags;
  channel.availableTags = tagsOf(world, change) ?? channel.availableTags;
  const overwrites = overwritesOf(change);
  if (overwrites !== undefined) {
    channel.overwrites.clear();
    for (const overwrite of overwrites) channel.overwrites.set(overwrite.id, overwrite);
  }
  channelChanged(world, channel);
}

/** Who opened a thread may rename and archive it; who may send may wake it; the rest is for Manage Threads. */
function changeThread(
  world: World,
  channel: StoredChannel,
  thread: StoredThread,
  change: z.infer<typeof threadBody>,
): void {
  requirePermissions(world, world.botId, channel);
  const permissions = permissionsOf(world, world.botId, channel);
  const manages = (permissions & PermissionFlagsBits.ManageThreads) !== 0n;
  const owns = thread.ownerId === world.botId;
  const onlyWakes = Object.keys(change).length === 1 && change.archived === false && !thread.locked;
  const maySend = (permissions & PermissionFlagsBits.SendMessagesInThreads) !== 0n;
  const needsManager = change.locked !== undefined || (thread.locked && change.archived === false);
  if (!(manages || (owns && !needsManager) || (onlyWakes && maySend))) throw refusal("missingPermissions");
  if (thread.archived && change.archived !== false && change.locked === undefined)
    throw refusal("threadArchived");

  const renamed = change.name !== undefined && change.name !== channel.name;
  channel.name = change.name ?? channel.name;
  channel.rateLimitPerUser = change.rate_limit_per_user ?? channel.rateLimitPerUser;
  channel.flags = change.flags ?? channel.flags;
  thread.locked = change.locked ?? thread.locked;
  thread.invitable = change.invitable ?? thread.invitable;
  thread.autoArchiveMinutes = change.auto_archive_duration ?? thread.autoArchiveMinutes;
  thread.appliedTags = change.applied_tags ?? thread.appliedTags;
  if (renamed) {
    const authorId = world.botId;
    createMessage(world, {
      channelId: channel.id,
      authorId,
      type: MessageType.ChannelNameChange,
      content: channel.name,
    });
  }
  if (change.archived !== undefined && change.archived !== thread.archived) {
    thread.archived = change.archived;
    thread.archiveChangedAtMs = world.now();
  }
  threadChanged(world, channel);
}

type OverwriteBody = z.infer<typeof overwriteBody> & { id: string };

function overwriteOf({ id, type, allow, deny }: OverwriteBody): APIOverwrite {
  return { id, type, allow: allow ?? "0", deny: deny ?? "0" };
}

function overwritesOf(body: z.infer<typeof channelBody>): APIOverwrite[] | undefined {
  return body.permission_overwrites?.map(overwriteOf);
}

function tagsOf(world: World, body: z.infer<typeof channelBody>): StoredChannel["availableTags"] | undefined {
  return body.available_tags?.map((tag) => ({ ...tag, id: tag.id ?? world.nextId() }));
}

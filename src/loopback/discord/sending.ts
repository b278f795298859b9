import { ChannelType, PermissionFlagsBits, RESTJSONErrorCodes } from "discord-api-types/v10";
import { ApiError, refusal } from "./api-error.ts";
import { permissionsOf, requirePermissions } from "./permissions.ts";
import type { StoredChannel, World } from "./world.ts";

/** Refuses a message that its author may not send here, for want of permissions or for what the channel is. */
export function requireSendable(
  world: World,
  userId: string,
  channel: StoredChannel,
  parts: { embeds: number; files: number },
): void {
  const { thread } = channel;
  requirePermissions(
    world,
    userId,
    channel,
    thread === undefined ? PermissionFlagsBits.SendMessages : PermissionFlagsBits.SendMessagesInThreads,
    ...(parts.embeds > 0 ? [PermissionFlagsBits.EmbedLinks] : []),
    ...(parts.files > 0 ? [PermissionFlagsBits.AttachFiles] : []),
  );
  if (!TEXT_CHANNELS.has(channel.type)) {
    throw new ApiError(
      400,
      RESTJSONErrorCodes.CannotSendMessagesInNonTextChannel,
      "Cannot send messages in a non-text channel",
    );
  }
  const isToClosedDm = channel.recipientId !== undefined && world.closedDms.has(channel.recipientId);
  if (isToClosedDm && userId === world.botId) throw refusal("cannotMessageUser");
  if (thread?.locked === true) {
    const manages = (permissionsOf(world, userId, channel) & PermissionFlagsBits.ManageThreads) !== 0n;
    if (!manages) throw refusal("threadLocked");
  }
}

const TEXT_CHANNELS: ReadonlySet<ChannelType> = new Set([
  ChannelType.GuildText,
  ChannelType.GuildAnnouncement,
  ChannelType.GuildVoice,
  ChannelType.PublicThread,
  ChannelType.PrivateThread,
  ChannelType.AnnouncementThread,
  ChannelType.DM,
]);

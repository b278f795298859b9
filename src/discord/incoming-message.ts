import type { Message } from "discord.js";
import { PermissionFlagsBits } from "discord.js";
import type { Actor } from "../core/access.ts";
import type { IncomingMessage } from "../core/inbound.ts";

/** What we need of a message, as a plain value. */
export function incomingMessage(message: Message): IncomingMessage {
  const { channel } = message;
  return {
    id: message.id,
    channelId: message.channelId,
    parentChannelId: channel.isThread() ? (channel.parentId ?? undefined) : undefined,
    guildId: message.guildId ?? undefined,
    author: authorOf(message),
    authorName: message.member?.displayName ?? message.author.displayName,
    content: message.content,
    mentionedUserIds: [...message.mentions.users.keys()],
    mentionedRoleIds: [...message.mentions.roles.keys()],
    isOrdinary: !message.system,
    attachmentNames: message.attachments.map((attachment) => attachment.name),
  };
}

function authorOf(message: Message): Actor {
  const { member } = message;
  // A webhook's author has bot set too, and an application's command answer a webhook id: both are no persons.
  const kind = message.webhookId !== null ? "webhook" : message.author.bot ? "bot" : "member";
  return {
    userId: message.author.id,
    kind,
    // Without the member there are no roles to judge by, so it counts as nobody's guild.
    guildId: member?.guild.id,
    roleIds: member ? [...member.roles.cache.keys()] : [],
    administrator: member?.permissions.has(PermissionFlagsBits.Administrator) ?? false,
    manageGuild: member?.permissions.has(PermissionFlagsBits.ManageGuild) ?? false,
    timedOutUntilMs: member?.communicationDisabledUntilTimestamp ?? undefined,
  };
}

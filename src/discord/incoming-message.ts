import {
  type Attachment,
  type GuildMember,
  type Message,
  MessageType,
  PermissionFlagsBits,
  type Typing,
  type User,
} from "discord.js";
import type { Actor } from "../core/access.ts";
import type { IncomingMessage, IncomingTyping } from "../core/inbound.ts";
import type { AttachedFile, Material } from "../core/material.ts";

/** What we need of a message, as a plain value. */
export function incomingMessage(message: Message): IncomingMessage {
  const { channel } = message;
  return {
    id: message.id,
    channelId: message.channelId,
    parentChannelId: channel.isThread() ? (channel.parentId ?? undefined) : undefined,
    guildId: message.guildId ?? undefined,
    author: actorOf(message.author, message.member, message.webhookId),
    authorName: message.member?.displayName ?? message.author.displayName,
    content: message.content,
    mentionedUserIds: [...message.mentions.users.keys()],
    mentionedRoleIds: [...message.mentions.roles.keys()],
    isOrdinary: !message.system,
    material: {
      files: message.attachments.map(attachedFile),
      repliedTo: repliedTo(message),
      forwarded: message.messageSnapshots.map(({ content, attachments }) => ({
        content: content ?? "",
        files: attachments?.map(attachedFile) ?? [],
      })),
    },
  };
}

function attachedFile({ id, name, url, size, contentType }: Attachment): AttachedFile {
  return { id, name, url, sizeBytes: size, contentType: contentType ?? undefined };
}

function repliedTo({ type, reference }: Message): Material["repliedTo"] {
  if (type !== MessageType.Reply || reference?.messageId === undefined) return undefined;
  return { channelId: reference.channelId, messageId: reference.messageId };
}

/** What we need of a typing indicator. */
export function incomingTyping(typing: Typing): IncomingTyping {
  const { channel } = typing;
  return {
    channelId: channel.id,
    parentChannelId: channel.isThread() ? (channel.parentId ?? undefined) : undefined,
    guildId: typing.guild?.id,
    author: actorOf(typing.user, typing.member, null),
  };
}

/** Somebody as Discord describes them at this moment; without a member record they belong to no guild. */
export function actorOf(
  user: User | Typing["user"],
  member: GuildMember | null,
  webhookId: string | null,
): Actor {
  // A webhook's author has bot set too, and an application's command answer a webhook id: both are no persons.
  const kind = webhookId !== null ? "webhook" : user.bot ? "bot" : "member";
  return { userId: user.id, kind, ...memberFacts(member) };
}

/** What a guild says of a member. Without one there are no roles to judge by, so it counts as nobody's guild. */
export function memberFacts(member: GuildMember | null): Omit<Actor, "userId" | "kind"> {
  return {
    guildId: member?.guild.id,
    roleIds: member ? [...member.roles.cache.keys()] : [],
    administrator: member?.permissions.has(PermissionFlagsBits.Administrator) ?? false,
    manageGuild: member?.permissions.has(PermissionFlagsBits.ManageGuild) ?? false,
    timedOutUntilMs: member?.communicationDisabledUntilTimestamp ?? undefined,
  };
}

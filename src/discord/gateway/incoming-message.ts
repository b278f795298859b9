import { type Attachment, type Message, MessageType, type Typing } from "discord.js";
import type { IncomingMessage, IncomingTyping } from "../../core/messages/inbound.ts";
import type { AttachedFile, Material } from "../../core/messages/material.ts";
import { actorOf } from "./actor.ts";

/**
 * What we need of a message, as a plain value. `fromHistory`: it came without its author's roles, so that these have
 * to be asked for before anything is decided.
 */
export function incomingMessage(message: Message, fromHistory = false): IncomingMessage {
  const { channel } = message;
  return {
    id: message.id,
    channelId: message.channelId,
    parentChannelId: channel.isThread() ? (channel.parentId ?? undefined) : undefined,
    guildId: message.guildId ?? undefined,
    author: actorOf(message.author, fromHistory ? null : message.member, message.webhookId),
    authorName: message.member?.displayName ?? message.author.displayName,
    content: message.content,
    mentionedUserIds: [...message.mentions.users.keys()],
    mentionedRoleIds: [...message.mentions.roles.keys()],
    isOrdinary: !message.system,
    thread: startedThread(message),
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

/** A forum's post begins with a message of its own; any other thread may have begun with one of its channel. */
function startedThread({ channel }: Message): IncomingMessage["thread"] {
  if (!channel.isThread() || channel.parentId === null) return undefined;
  const isPost = channel.parent?.isThreadOnly() === true;
  return {
    name: channel.name,
    starter: { channelId: isPost ? channel.id : channel.parentId, messageId: channel.id },
  };
}

function attachedFile({ id, name, url, size, contentType }: Attachment): AttachedFile {
  return { id, name, url, sizeBytes: size, contentType: contentType ?? undefined };
}

/** Discord's replies stay in their channel: one that leads elsewhere would have the bot read what its author can't. */
function repliedTo({ type, reference, channelId }: Message): Material["repliedTo"] {
  if (type !== MessageType.Reply || reference?.messageId === undefined) return undefined;
  if (reference.channelId !== channelId) return undefined;
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

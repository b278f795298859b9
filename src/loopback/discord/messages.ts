import {
  type APIAllowedMentions,
  type APIAttachment,
  type APIEmbed,
  type APIMessageTopLevelComponent,
  GatewayDispatchEvents,
  MessageFlags,
  MessageReferenceType,
  MessageType,
} from "discord-api-types/v10";
import { channelOf, messagesOf } from "./lookups.ts";
import { resolveMentions } from "./mentions.ts";
import { messageDispatch } from "./payloads/message-payload.ts";
import { joinThread, setThreadArchived } from "./thread-state.ts";
import type { StoredChannel, StoredMessage, World } from "./world.ts";

/** A message to be; everything that is left out is empty. */
export interface MessageDraft
  extends Pick<StoredMessage, "channelId" | "authorId">,
    Partial<
      Pick<
        StoredMessage,
        | "id"
        | "type"
        | "webhookAuthor"
        | "webhookId"
        | "applicationId"
        | "interactionMetadata"
        | "reference"
        | "snapshot"
        | "nonce"
        | "onlyFor"
        | "tts"
        | "flags"
        | "content"
      >
    > {
  readonly embeds?: readonly APIEmbed[];
  readonly components?: readonly APIMessageTopLevelComponent[];
  readonly attachments?: readonly APIAttachment[];
  readonly allowedMentions?: APIAllowedMentions | undefined;
}

/** What an edit changes; what is left out stays. */
export interface MessageEdit {
  readonly content?: string;
  readonly embeds?: readonly APIEmbed[];
  readonly components?: readonly APIMessageTopLevelComponent[];
  readonly attachments?: readonly APIAttachment[];
  readonly flags?: number;
  readonly allowedMentions?: APIAllowedMentions | undefined;
}

/** Puts a message into its channel and tells everyone. Whether the author may is the caller's question. */
export function createMessage(world: World, draft: MessageDraft): StoredMessage {
  const channel = channelOf(world, draft.channelId);
  setThreadArchived(world, channel, false);
  const { embeds, components, attachments, allowedMentions, ...rest } = draft;
  const content = draft.content ?? "";
  const flags = draft.flags ?? 0;
  const mentions = resolveMentions(world, {
    content,
    channel,
    authorId: draft.authorId,
    allowedMentions,
    repliedUserId: repliedUserId(world, draft),
  });
  const message: StoredMessage = {
    ...rest,
    id: draft.id ?? world.nextId(),
    type: draft.type ?? MessageType.Default,
    content,
    embeds: hidesEmbeds(flags) ? [] : [...(embeds ?? [])],
    components: [...(components ?? [])],
    attachments: [...(attachments ?? [])],
    flags,
    tts: draft.tts ?? false,
    editedAtMs: null,
    pinnedAtMs: null,
    mentionsEveryone: mentions.everyone,
    mentionedUserIds: mentions.userIds,
    mentionedRoleIds: mentions.roleIds,
    reactions: new Map(),
    ...(channel.thread === undefined ? {} : { position: channel.thread.totalMessageSent }),
  };
  messagesOf(world, channel.id).set(message.id, message);
  channel.lastMessageId = message.id;
  const onlyFor = message.onlyFor === undefined ? {} : { onlyFor: message.onlyFor };
  if (message.onlyFor === undefined) countInThread(world, channel, message);
  world.emit({
    type: GatewayDispatchEvents.MessageCreate,
    channelId: channel.id,
    data: {
      ...messageDispatch(world, message),
      ...(message.nonce === undefined ? {} : { nonce: message.nonce }),
    },
    ...onlyFor,
  });
  return message;
}

/** Changes a message and tells everyone; only a change of what it says counts as an edit. */
export function editMessage(world: World, message: StoredMessage, edit: MessageEdit): StoredMessage {
  if (edit.content !== undefined) {
    message.content = edit.content;
    const mentions = resolveMentions(world, {
      content: edit.content,
      channel: channelOf(world, message.channelId),
      authorId: message.authorId,
      allowedMentions: edit.allowedMentions,
      repliedUserId: undefined,
    });
    message.mentionsEveryone = mentions.everyone;
    message.mentionedUserIds = mentions.userIds;
    message.mentionedRoleIds = mentions.roleIds;
  }
  if (edit.embeds !== undefined) message.embeds = [...edit.embeds];
  if (edit.components !== undefined) message.components = [...edit.components];
  if (edit.attachments !== undefined) message.attachments = [...edit.attachments];
  if (edit.flags !== undefined) message.flags = edit.flags;
  if (hidesEmbeds(message.flags)) message.embeds = [];
  const { content, embeds, components, attachments } = edit;
  if ([content, embeds, components, attachments].some((part) => part !== undefined)) {
    message.editedAtMs = world.now();
  }
  messageChanged(world, message);
  return message;
}

/** Tells that a message is no longer as it was. */
export function messageChanged(world: World, message: StoredMessage): void {
  world.emit({
    type: GatewayDispatchEvents.MessageUpdate,
    channelId: message.channelId,
    data: messageDispatch(world, message),
    ...(message.onlyFor === undefined ? {} : { onlyFor: message.onlyFor }),
  });
}

/** Removes one message. */
export function deleteMessage(world: World, message: StoredMessage): void {
  const channel = channelOf(world, message.channelId);
  messagesOf(world, channel.id).delete(message.id);
  if (channel.thread !== undefined) channel.thread.messageCount -= 1;
  world.emit({
    type: GatewayDispatchEvents.MessageDelete,
    channelId: channel.id,
    data: { id: message.id, channel_id: channel.id, ...guildField(world, channel) },
    ...(message.onlyFor === undefined ? {} : { onlyFor: message.onlyFor }),
  });
}

/** Removes many messages at once, told of in one event. */
export function deleteMessages(world: World, channel: StoredChannel, messageIds: readonly string[]): void {
  const messages = messagesOf(world, channel.id);
  const ids = messageIds.filter((id) => messages.delete(id));
  if (channel.thread !== undefined) channel.thread.messageCount -= ids.length;
  world.emit({
    type: GatewayDispatchEvents.MessageDeleteBulk,
    channelId: channel.id,
    data: { ids, channel_id: channel.id, ...guildField(world, channel) },
  });
}

/** `guild_id` for events of a guild's channel, nothing for a DM's. */
export function guildField(world: World, channel: StoredChannel): { guild_id?: string } {
  return channel.inGuild ? { guild_id: world.guildId } : {};
}

/** Who writes in a thread, or is mentioned there, is in it from then on. */
function countInThread(world: World, channel: StoredChannel, message: StoredMessage): void {
  if (channel.thread === undefined || message.type === MessageType.ThreadStarterMessage) return;
  if (message.id !== channel.id) {
    channel.thread.messageCount += 1;
    channel.thread.totalMessageSent += 1;
  }
  if (message.webhookAuthor === undefined) joinThread(world, channel, [message.authorId]);
  joinThread(world, channel, message.mentionedUserIds);
}

function repliedUserId(world: World, draft: MessageDraft): string | undefined {
  const { reference } = draft;
  if (draft.type !== MessageType.Reply || reference?.message_id === undefined) return undefined;
  if (reference.type === MessageReferenceType.Forward) return undefined;
  const replied = world.messages.get(reference.channel_id)?.get(reference.message_id);
  return replied?.webhookAuthor === undefined ? replied?.authorId : undefined;
}

function hidesEmbeds(flags: number): boolean {
  return (flags & MessageFlags.SuppressEmbeds) !== 0;
}

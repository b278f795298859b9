import {
  type APIThreadChannel,
  ChannelFlags,
  ChannelType,
  GatewayDispatchEvents,
  MessageFlags,
  MessageReferenceType,
  MessageType,
} from "discord-api-types/v10";
import { refusal } from "./api-error.ts";
import { createMessage, messageChanged } from "./messages.ts";
import { channelPayload } from "./payloads/channel-payload.ts";
import { joinThread } from "./thread-state.ts";
import type { StoredChannel, StoredMessage, World } from "./world.ts";

/** A thread to be. */
export interface ThreadDraft {
  readonly parent: StoredChannel;
  readonly name: string;
  readonly ownerId: string;
  readonly type?: ChannelType;
  /** The message it starts from, whose id becomes the thread's. */
  readonly starter?: StoredMessage;
  /** Default 4320, three days. */
  readonly autoArchiveMinutes?: number;
  readonly invitable?: boolean;
  readonly appliedTags?: readonly string[];
  readonly rateLimitPerUser?: number;
}

/** Opens a thread, with the system messages that Discord puts into it or its parent. Whether one may is asked before. */
export function createThread(world: World, draft: ThreadDraft): StoredChannel {
  const { parent, starter, ownerId } = draft;
  if (starter !== undefined && world.channels.has(starter.id)) throw refusal("threadExists");
  const thread = newThread(world, draft);
  world.channels.set(thread.id, thread);
  thread.thread?.members.set(ownerId, world.now());
  world.emit({
    type: GatewayDispatchEvents.ThreadCreate,
    channelId: thread.id,
    data: { ...(channelPayload(world, thread) as APIThreadChannel), newly_created: true },
  });
  const reference = { type: MessageReferenceType.Default, guild_id: world.guildId };
  if (starter !== undefined) {
    starter.flags |= MessageFlags.HasThread;
    messageChanged(world, starter);
    createMessage(world, {
      channelId: thread.id,
      authorId: starter.authorId,
      type: MessageType.ThreadStarterMessage,
      reference: { ...reference, channel_id: parent.id, message_id: starter.id },
    });
  } else if (thread.type === ChannelType.PublicThread && !isForum(parent)) {
    createMessage(world, {
      channelId: parent.id,
      authorId: ownerId,
      type: MessageType.ThreadCreated,
      content: draft.name,
      reference: { ...reference, channel_id: thread.id },
    });
  }
  return thread;
}

/** Opens a forum post: a thread whose first message has its id. */
export function createForumPost(
  world: World,
  draft: Omit<ThreadDraft, "starter" | "type">,
  message: Omit<Parameters<typeof createMessage>[1], "channelId" | "authorId">,
): { thread: StoredChannel; message: StoredMessage } {
  const needsTag = (draft.parent.flags & ChannelFlags.RequireTag) !== 0;
  if (needsTag && (draft.appliedTags ?? []).length === 0) throw refusal("tagRequired");
  const thread = createThread(world, draft);
  const first = createMessage(world, {
    ...message,
    id: thread.id,
    channelId: thread.id,
    authorId: draft.ownerId,
  });
  return { thread, message: first };
}

/** Adds a person to a thread, with the system message when somebody else did it. */
export function addToThread(world: World, thread: StoredChannel, userId: string, adderId: string): void {
  if (thread.thread?.members.has(userId) === true) return;
  joinThread(world, thread, [userId]);
  if (userId === adderId) return;
  createMessage(world, {
    channelId: thread.id,
    authorId: adderId,
    type: MessageType.RecipientAdd,
    content: "",
  }).mentionedUserIds.push(userId);
}

/** Removes a channel or thread with everything under it. */
export function deleteChannel(world: World, channel: StoredChannel): void {
  for (const child of [...world.channels.values()]) {
    if (child.thread !== undefined && child.parentId === channel.id) deleteChannel(world, child);
  }
  const payload = channelPayload(world, channel);
  if (channel.thread === undefined) {
    if (channel.inGuild) {
      world.emit({
        type: GatewayDispatchEvents.ChannelDelete,
        channelId: channel.id,
        data: payload as Extract<
          Parameters<World["emit"]>[0],
          { type: GatewayDispatchEvents.ChannelDelete }
        >["data"],
      });
    }
  } else {
    world.emit({
      type: GatewayDispatchEvents.ThreadDelete,
      channelId: channel.id,
      data: {
        id: channel.id,
        guild_id: world.guildId,
        parent_id: channel.parentId ?? "",
        type: channel.type as APIThreadChannel["type"],
      },
    });
  }
  world.channels.delete(channel.id);
  world.messages.delete(channel.id);
}

/** Whether a channel holds posts only, and no messages of its own. */
export function isForum(channel: StoredChannel): boolean {
  return channel.type === ChannelType.GuildForum || channel.type === ChannelType.GuildMedia;
}

function newThread(world: World, draft: ThreadDraft): StoredChannel {
  const { parent, starter } = draft;
  const inAnnouncements = parent.type === ChannelType.GuildAnnouncement;
  const type = draft.type ?? (inAnnouncements ? ChannelType.AnnouncementThread : ChannelType.PublicThread);
  return {
    id: starter?.id ?? world.nextId(),
    type,
    inGuild: true,
    name: draft.name,
    topic: null,
    parentId: parent.id,
    position: 0,
    nsfw: false,
    flags: 0,
    rateLimitPerUser: draft.rateLimitPerUser ?? 0,
    overwrites: new Map(),
    lastMessageId: null,
    lastPinAtMs: null,
    availableTags: [],
    thread: {
      ownerId: draft.ownerId,
      archived: false,
      archiveChangedAtMs: world.now(),
      autoArchiveMinutes: draft.autoArchiveMinutes ?? 4320,
      locked: false,
      invitable: draft.invitable ?? true,
      messageCount: 0,
      totalMessageSent: 0,
      appliedTags: [...(draft.appliedTags ?? [])],
      members: new Map(),
    },
  };
}

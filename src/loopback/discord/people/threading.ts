import { ChannelType, PermissionFlagsBits } from "discord-api-types/v10";
import { refusal } from "../api-error.ts";
import { composeMessage } from "../compose.ts";
import { channelOf, messageOf } from "../lookups.ts";
import { messageBody } from "../message-body.ts";
import { permissionsOf, requirePermissions } from "../permissions.ts";
import { pinMessage } from "../pins.ts";
import { parseAs } from "../rest/parse.ts";
import { joinThread, leaveThread, setThreadArchived, threadChanged } from "../thread-state.ts";
import { createForumPost, createThread } from "../threads.ts";
import type { StoredChannel, World } from "../world.ts";
import type { MessageRef, Ref } from "./acting.ts";

/** How a person opens, enters and closes threads, and pins messages. */
export interface Threading {
  /** Opens a thread from a message, or in a channel without one. */
  opensThread(where: MessageRef | Ref, name: string, options?: { private?: boolean }): Promise<ThreadRef>;
  /** Opens a forum post; `tags` by name. The post's first message has the thread's id. */
  posts(
    forum: Ref,
    title: string,
    content: string,
    options?: { tags?: readonly string[] },
  ): Promise<ThreadRef>;
  joins(thread: Ref): Promise<void>;
  leaves(thread: Ref): Promise<void>;
  archives(thread: Ref): Promise<void>;
  locks(thread: Ref): Promise<void>;
  pins(message: MessageRef): Promise<void>;
}

/** A thread, by what identifies it. */
export interface ThreadRef {
  readonly id: string;
  readonly name: string;
}

/** What the user with this id can do with threads and pins. */
export function createThreading(world: World, userId: string): Threading {
  const channelFor = (ref: Ref) => channelOf(world, typeof ref === "string" ? ref : ref.id);
  const threadFor = (ref: Ref) => {
    const channel = channelFor(ref);
    requirePermissions(world, userId, channel);
    if (channel.thread === undefined) throw refusal("wrongChannelType");
    return { channel, thread: channel.thread };
  };
  const requireManager = (channel: StoredChannel, ownerMay: boolean) => {
    const manages = (permissionsOf(world, userId, channel) & PermissionFlagsBits.ManageThreads) !== 0n;
    const owns = ownerMay && channel.thread?.ownerId === userId;
    if (!manages && !owns) throw refusal("missingPermissions");
  };
  return {
    opensThread: async (where, name, options = {}) => {
      const isMessage = typeof where === "object" && "channel_id" in where;
      const parent = channelFor(isMessage ? where.channel_id : where);
      const isPrivate = options.private === true;
      const needed = isPrivate
        ? PermissionFlagsBits.CreatePrivateThreads
        : PermissionFlagsBits.CreatePublicThreads;
      requirePermissions(world, userId, parent, needed);
      if (parent.thread !== undefined || !parent.inGuild) throw refusal("wrongChannelType");
      const thread = createThread(world, {
        parent,
        name,
        ownerId: userId,
        ...(isMessage ? { starter: messageOf(world, parent.id, where.id, userId) } : {}),
        ...(isPrivate ? { type: ChannelType.PrivateThread } : {}),
      });
      return { id: thread.id, name };
    },
    posts: async (forumRef, title, content, { tags = [] } = {}) => {
      const parent = channelFor(forumRef);
      requirePermissions(world, userId, parent, PermissionFlagsBits.SendMessages);
      const appliedTags = tags.map((tag) => {
        const found = parent.availableTags.find(({ name }) => name === tag);
        if (found === undefined) throw new Error(`The forum has no tag "${tag}".`);
        return found.id;
      });
      const parts = composeMessage(world, parent.id, parseAs(messageBody, { content }), new Map());
      const { thread } = createForumPost(world, { parent, name: title, ownerId: userId, appliedTags }, parts);
      return { id: thread.id, name: title };
    },
    joins: async (ref) => joinThread(world, threadFor(ref).channel, [userId]),
    leaves: async (ref) => leaveThread(world, threadFor(ref).channel, userId),
    archives: async (ref) => {
      const { channel } = threadFor(ref);
      requireManager(channel, true);
      setThreadArchived(world, channel, true);
    },
    locks: async (ref) => {
      const { channel, thread } = threadFor(ref);
      requireManager(channel, false);
      thread.locked = true;
      threadChanged(world, channel);
    },
    pins: async (ref) => {
      const channel = channelFor(ref.channel_id);
      requirePermissions(world, userId, channel, PermissionFlagsBits.PinMessages);
      pinMessage(world, channel, messageOf(world, channel.id, ref.id, userId), userId);
    },
  };
}

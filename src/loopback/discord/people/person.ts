import {
  type APIMessage,
  type APIUser,
  MessageReferenceType,
  MessageType,
  PermissionFlagsBits,
} from "discord-api-types/v10";
import { refusal } from "../api-error.ts";
import { dmWith } from "../channels.ts";
import { composeMessage } from "../compose.ts";
import { channelOf, messageOf, messagesOf } from "../lookups.ts";
import { messageBody } from "../message-body.ts";
import { isSaid } from "../message-kinds.ts";
import { createMessage, deleteMessage, editMessage, guildField } from "../messages.ts";
import { messagePayload, snapshotOf } from "../payloads/message-payload.ts";
import { mayView, permissionsOf, requirePermissions } from "../permissions.ts";
import { addReaction, parseEmoji, removeReaction } from "../reactions.ts";
import { parseAs } from "../rest/parse.ts";
import { requireSendable } from "../sending.ts";
import { compareSnowflakes } from "../snowflakes.ts";
import { startTyping } from "../typing.ts";
import type { Until } from "../until.ts";
import type { World } from "../world.ts";
import { type Acting, createActing, type MessageRef, type Ref } from "./acting.ts";
import { createForging, type Forging } from "./forging.ts";
import { type PersonFile, uploadOf } from "./person-file.ts";
import { createThreading, type Threading } from "./threading.ts";

/** What a message has besides its text. */
export interface SayOptions {
  /** Puts a mention of the bot in front. */
  readonly mention?: boolean;
  readonly replyTo?: MessageRef;
  readonly attachments?: readonly PersonFile[];
}

/** A member of the guild who acts as a person at a Discord client would; what one may not do is refused. */
export interface Person extends Acting, Forging, Threading {
  readonly id: string;
  readonly username: string;
  /** How others mention this person: `<@id>`. */
  readonly mention: string;
  readonly user: APIUser;
  /** The channel of this person's direct messages with the bot. */
  readonly dm: { readonly id: string };
  says(channel: Ref, content: string, options?: SayOptions): Promise<APIMessage>;
  edits(message: MessageRef, content: string): Promise<APIMessage>;
  deletes(message: MessageRef): Promise<void>;
  forwards(message: MessageRef, channel: Ref): Promise<APIMessage>;
  types(channel: Ref): Promise<void>;
  reacts(message: MessageRef, emoji: string): Promise<void>;
  unreacts(message: MessageRef, emoji: string): Promise<void>;
  /** What this person sees in a channel, oldest first, with the ephemeral messages meant for them. */
  sees(channel: Ref): APIMessage[];
  /**
   * The bot's messages after `message` in its channel, oldest first, as soon as there is one, or as soon as `done`
   * says so. Rejects after `timeoutMs` (default 5000).
   */
  waitsForReply(
    message: MessageRef,
    options?: { timeoutMs?: number; done?: (messages: APIMessage[]) => boolean },
  ): Promise<APIMessage[]>;
}

/** The person who acts as this user. */
export function createPerson(world: World, until: Until, user: APIUser): Person {
  const channelFor = (channel: Ref) => channelOf(world, typeof channel === "string" ? channel : channel.id);
  const find = (message: MessageRef) => {
    const channel = channelOf(world, message.channel_id);
    requirePermissions(world, user.id, channel);
    return { channel, stored: messageOf(world, channel.id, message.id, user.id) };
  };
  const seen = (channel: Ref) => {
    const found = channelFor(channel);
    if (!mayView(world, user.id, found)) return [];
    return [...messagesOf(world, found.id).values()].filter(
      (message) => message.onlyFor === undefined || message.onlyFor === user.id,
    );
  };
  const view = (message: Parameters<typeof messagePayload>[1]) => messagePayload(world, message, user.id);

  return {
    ...createActing(world, until, user.id),
    ...createForging(world, until, user.id),
    ...createThreading(world, user.id),
    id: user.id,
    username: user.username,
    mention: `<@${user.id}>`,
    user,
    get dm() {
      return { id: dmWith(world, user.id).id };
    },
    says: async (channelRef, content, options = {}) => {
      const channel = channelFor(channelRef);
      const text = options.mention === true ? `<@${world.botId}> ${content}` : content;
      const files = options.attachments ?? [];
      requireSendable(world, user.id, channel, { embeds: 0, files: files.length });
      const uploads = files.map((file, index) => [String(index), uploadOf(file)] as const);
      const parts = composeMessage(
        world,
        channel.id,
        parseAs(messageBody, { content: text }),
        new Map(uploads),
      );
      const reply = options.replyTo === undefined ? undefined : find(options.replyTo).stored;
      const message = createMessage(world, {
        ...parts,
        channelId: channel.id,
        authorId: user.id,
        ...(reply === undefined
          ? {}
          : {
              type: MessageType.Reply,
              reference: {
                type: MessageReferenceType.Default,
                channel_id: channel.id,
                message_id: reply.id,
                ...guildField(world, channel),
              },
            }),
      });
      return view(message);
    },
    edits: async (message, content) => {
      const { stored } = find(message);
      if (stored.authorId !== user.id) throw refusal("notTheAuthor");
      const { content: text } = parseAs(messageBody, { content });
      return view(editMessage(world, stored, { content: text ?? "" }));
    },
    deletes: async (message) => {
      const { channel, stored } = find(message);
      if (stored.authorId !== user.id && stored.onlyFor !== user.id) {
        requirePermissions(world, user.id, channel, PermissionFlagsBits.ManageMessages);
      }
      deleteMessage(world, stored);
    },
    forwards: async (message, channelRef) => {
      const { channel: source, stored } = find(message);
      const channel = channelFor(channelRef);
      requireSendable(world, user.id, channel, { embeds: 0, files: 0 });
      return view(
        createMessage(world, {
          channelId: channel.id,
          authorId: user.id,
          reference: {
            type: MessageReferenceType.Forward,
            channel_id: source.id,
            message_id: stored.id,
            ...guildField(world, source),
          },
          snapshot: snapshotOf(world, stored),
        }),
      );
    },
    types: async (channelRef) => {
      const channel = channelFor(channelRef);
      requireSendable(world, user.id, channel, { embeds: 0, files: 0 });
      startTyping(world, channel, user.id);
    },
    reacts: async (message, emoji) => {
      const { channel, stored } = find(message);
      const mayAdd = (permissionsOf(world, user.id, channel) & PermissionFlagsBits.AddReactions) !== 0n;
      if (!mayAdd && !stored.reactions.has(emoji)) throw refusal("missingPermissions");
      addReaction(world, stored, user.id, parseEmoji(emoji));
    },
    unreacts: async (message, emoji) => {
      removeReaction(world, find(message).stored, user.id, parseEmoji(emoji));
    },
    sees: (channel) => seen(channel).map(view),
    waitsForReply: (
      message,
      { timeoutMs = 5000, done = (messages: APIMessage[]) => messages.length > 0 } = {},
    ) =>
      until(
        () => {
          const replies = seen(message.channel_id)
            .filter(
              (one) =>
                one.authorId === world.botId && isSaid(one.type) && compareSnowflakes(one.id, message.id) > 0,
            )
            .map(view);
          return done(replies) ? replies : undefined;
        },
        { timeoutMs, describe: `the bot's reply to "${contentOf(world, message)}"` },
      ),
  };
}

function contentOf(world: World, message: MessageRef): string {
  return world.messages.get(message.channel_id)?.get(message.id)?.content.slice(0, 80) ?? message.id;
}

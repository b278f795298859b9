import { DiscordAPIError, type REST, Routes } from "discord.js";
import { RESTJSONErrorCodes } from "discord-api-types/v10";
import type { Snowflake } from "../../core/projects/project.ts";
import { Refused, Undeliverable } from "../../core/turns/reply.ts";
import { messagePayload, type OutgoingMessage, rawFiles } from "./message-payload.ts";

/** What we do to messages in one channel. Nobody is ever pinged by what Claude writes. */
export interface ChannelApi {
  /** Returns the new message's id. The same nonce again within minutes gives the same message. */
  create(message: OutgoingMessage, options: { nonce: string; replyTo?: Snowflake }): Promise<Snowflake>;
  /** False when the message is no longer there. */
  edit(messageId: Snowflake, message: OutgoingMessage): Promise<boolean>;
  delete(messageId: Snowflake): Promise<void>;
  /** Shows "is typing" for about ten seconds. */
  type(): Promise<void>;
  /** Adds a reaction of the bot's own. */
  react(messageId: Snowflake, emoji: string): Promise<void>;
}

/** Throws Undeliverable when the channel or the right to write in it is gone, Refused for a bad message; anything else may pass by itself. */
export function createChannelApi(rest: REST, channelId: Snowflake): ChannelApi {
  const classified = <T>(call: () => Promise<T>) => classifiedErrors(() => wokenUp(rest, channelId, call));
  return {
    create: (message, { nonce, replyTo }) =>
      classified(async () => {
        const reference =
          replyTo === undefined ? undefined : { message_id: replyTo, fail_if_not_exists: false };
        const route = Routes.channelMessages(channelId);
        const created = await orWithoutFiles(message, async (each) => {
          const body = { ...messagePayload(each), nonce, enforce_nonce: true, message_reference: reference };
          return (await rest.post(route, { body, files: rawFiles(each) })) as { id: Snowflake };
        });
        return created.id;
      }),

    edit: (messageId, message) =>
      classified(async () => {
        try {
          const route = Routes.channelMessage(channelId, messageId);
          await orWithoutFiles(message, (each) =>
            rest.patch(route, { body: messagePayload(each), files: rawFiles(each) }),
          );
          return true;
        } catch (error) {
          if (isCode(error, RESTJSONErrorCodes.UnknownMessage)) return false;
          throw error;
        }
      }),

    delete: (messageId) =>
      classified(async () => {
        try {
          await rest.delete(Routes.channelMessage(channelId, messageId));
        } catch (error) {
          if (!isCode(error, RESTJSONErrorCodes.UnknownMessage)) throw error;
        }
      }),

    type: async () => {
      await rest.post(Routes.channelTyping(channelId));
    },

    react: async (messageId, emoji) => {
      await rest.put(Routes.channelMessageOwnReaction(channelId, messageId, encodeURIComponent(emoji)));
    },
  };
}

/** What Discord says when it would take the text: the bot may not attach files here, or they are too large. */
const REFUSED_FILES: readonly RESTJSONErrorCodes[] = [
  RESTJSONErrorCodes.MissingPermissions,
  RESTJSONErrorCodes.RequestEntityTooLarge,
];

async function orWithoutFiles<T>(
  message: OutgoingMessage,
  send: (message: OutgoingMessage) => Promise<T>,
): Promise<T> {
  try {
    return await send(message);
  } catch (error) {
    const isAboutFiles = REFUSED_FILES.some((code) => isCode(error, code));
    if (!isAboutFiles || (message.files ?? []).length === 0) throw error;
    return send(withoutFiles(message));
  }
}

function withoutFiles(message: OutgoingMessage): OutgoingMessage {
  const names = (message.files ?? []).map(({ name }) => name).join(", ");
  const lost = `-# Discord did not take ${names.slice(0, 200)}: the bot may not attach files here, or it is too large.`;
  const content = message.content.slice(0, 2000 - lost.length - 1);
  return { ...message, content: content === "" ? lost : `${content}\n${lost}`, files: [] };
}

/** A thread that was archived while Claude worked is woken up, as a message of a person's would do. */
async function wokenUp<T>(rest: REST, channelId: Snowflake, call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    if (!isCode(error, RESTJSONErrorCodes.InvalidActionOnArchivedThread)) throw error;
    await rest.patch(Routes.channel(channelId), { body: { archived: false } });
    return call();
  }
}

async function classifiedErrors<T>(call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    if (GONE.some((code) => isCode(error, code))) {
      throw new Undeliverable(`Discord says: ${(error as Error).message}`, { cause: error });
    }
    if (isRefusal(error)) throw new Refused(`Discord says: ${error.message}`, { cause: error });
    throw error;
  }
}

/** An answer of Discord itself to what we sent; what stands before it answers without a code. */
function isRefusal(error: unknown): error is DiscordAPIError {
  if (!(error instanceof DiscordAPIError)) return false;
  return error.status === 400 || error.status === 413 || (error.status === 403 && Number(error.code) > 0);
}

/** From https://discord.com/developers/docs/topics/opcodes-and-status-codes#json: trying again can't help. */
const GONE: readonly RESTJSONErrorCodes[] = [
  RESTJSONErrorCodes.UnknownChannel,
  RESTJSONErrorCodes.UnknownGuild,
  RESTJSONErrorCodes.MissingAccess,
  RESTJSONErrorCodes.MissingPermissions,
  RESTJSONErrorCodes.InvalidActionOnArchivedThread,
  RESTJSONErrorCodes.ThreadLocked,
];

function isCode(error: unknown, code: RESTJSONErrorCodes): boolean {
  return error instanceof DiscordAPIError && error.code === code;
}

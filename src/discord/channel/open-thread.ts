import { DiscordAPIError, type REST, Routes } from "discord.js";
import { type APIChannel, ChannelType, RESTJSONErrorCodes } from "discord-api-types/v10";
import { CoordError } from "../../core/operations/errors.ts";
import type { Snowflake } from "../../core/projects/project.ts";
import { messagePayload, type OutgoingMessage } from "./message-payload.ts";

export interface NewThread {
  /** The channel under which it is opened; a forum gets a post. */
  readonly parentId: Snowflake;
  /** Opened as private as this channel or thread is. */
  readonly like: Snowflake;
  readonly name: string;
  /** Who is in it from the beginning. */
  readonly userId: Snowflake;
  /** Its first message. */
  readonly message: OutgoingMessage;
}

/**
 * Opens a thread. `onOpened` hears its id before anything can be said in it by the bot. Throws discord_refused with
 * what to do where the bot may not.
 */
export async function openThread(
  rest: REST,
  { parentId, like, name, userId, message }: NewThread,
  onOpened: (threadId: Snowflake) => void,
): Promise<Snowflake> {
  try {
    const [parent, model] = await Promise.all(
      [parentId, like].map((id) => rest.get(Routes.channel(id)) as Promise<APIChannel>),
    );
    if (parent?.type === ChannelType.GuildForum || parent?.type === ChannelType.GuildMedia) {
      const body = { name, message: messagePayload(message) };
      const { id } = (await rest.post(Routes.threads(parentId), { body })) as APIChannel;
      onOpened(id);
      return id;
    }
    const type = threadType(parent?.type, model?.type);
    const { id } = (await rest.post(Routes.threads(parentId), { body: { name, type } })) as APIChannel;
    onOpened(id);
    await rest.put(Routes.threadMembers(id, userId));
    await rest.post(Routes.channelMessages(id), { body: messagePayload(message) });
    return id;
  } catch (error) {
    if (!isMissingRight(error)) throw error;
    throw new CoordError("discord_refused", MISSING_RIGHT, { cause: error });
  }
}

function threadType(parent: ChannelType | undefined, like: ChannelType | undefined): ChannelType {
  if (like === ChannelType.PrivateThread) return ChannelType.PrivateThread;
  return parent === ChannelType.GuildAnnouncement ? ChannelType.AnnouncementThread : ChannelType.PublicThread;
}

function isMissingRight(error: unknown): boolean {
  if (!(error instanceof DiscordAPIError)) return false;
  return (
    error.code === RESTJSONErrorCodes.MissingPermissions || error.code === RESTJSONErrorCodes.MissingAccess
  );
}

const MISSING_RIGHT =
  "I may not open threads here. Give the bot *Create Public Threads* (for a private thread *Create Private Threads*) " +
  "and *Send Messages in Threads* in this channel, and try again.";

import { DiscordAPIError, type REST, Routes } from "discord.js";
import type { APIAttachment, APIMessage, APIMessageSnapshotFields } from "discord-api-types/v10";
import type { AttachedFile } from "../../core/messages/material.ts";
import type { Snowflake } from "../../core/projects/project.ts";

/** A message that stands in a channel, in words: with what it forwards, and with the text of its embeds. */
export interface ReadMessage {
  readonly authorName: string;
  readonly isBotItself: boolean;
  readonly content: string;
  readonly files: readonly AttachedFile[];
}

/** Reads one message; undefined when it is gone or the bot may not see it. */
export async function readMessage(
  rest: REST,
  botUserId: Snowflake,
  channelId: Snowflake,
  messageId: Snowflake,
): Promise<ReadMessage | undefined> {
  try {
    const message = (await rest.get(Routes.channelMessage(channelId, messageId))) as APIMessage;
    const all = [message, ...(message.message_snapshots ?? []).map((snapshot) => snapshot.message)];
    return {
      authorName: message.author.global_name ?? message.author.username,
      isBotItself: message.author.id === botUserId,
      content: all
        .map(wordsOf)
        .filter((words) => words !== "")
        .join("\n\n"),
      files: all.flatMap(({ attachments }) => attachments.map(attachedFile)),
    };
  } catch (error) {
    if (error instanceof DiscordAPIError && (error.status === 404 || error.status === 403)) return undefined;
    throw error;
  }
}

function wordsOf({ content, embeds }: Pick<APIMessageSnapshotFields, "content" | "embeds">): string {
  const told = embeds.flatMap(({ title, description, fields }) => [
    title,
    description,
    ...(fields ?? []).map(({ name, value }) => `${name}: ${value}`),
  ]);
  return [content, ...told].filter((words) => words !== undefined && words !== "").join("\n");
}

function attachedFile({ id, filename, url, size, content_type }: APIAttachment): AttachedFile {
  return { id, name: filename, url, sizeBytes: size, contentType: content_type };
}

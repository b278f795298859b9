import { MessageReferenceType, MessageType, PermissionFlagsBits } from "discord-api-types/v10";
import { z } from "zod";
import { invalidForm, refusal } from "../api-error.ts";
import { isSaid } from "../message-kinds.ts";
import { guildField } from "../messages.ts";
import { snapshotOf } from "../payloads/message-payload.ts";
import { permissionsOf } from "../permissions.ts";
import type { StoredChannel, StoredMessage, World } from "../world.ts";

/** Which message is replied to or forwarded. */
export const messageReferenceBody = z.object({
  type: z.number().int().optional(),
  message_id: z.string(),
  channel_id: z.string().optional(),
  guild_id: z.string().optional(),
  fail_if_not_exists: z.boolean().default(true),
});

/** The replied-to or forwarded message; one that is not there is refused unless the bot said not to mind. */
export function readReference(
  world: World,
  channel: StoredChannel,
  asked: z.infer<typeof messageReferenceBody> | undefined,
): Pick<StoredMessage, "type" | "reference" | "snapshot"> | undefined {
  if (!asked) return undefined;
  const permissions = permissionsOf(world, world.botId, channel);
  if ((permissions & PermissionFlagsBits.ReadMessageHistory) === 0n) throw refusal("replyNeedsHistory");
  const isForward = asked.type === MessageReferenceType.Forward;
  const channelId = isForward ? (asked.channel_id ?? channel.id) : channel.id;
  const referenced = world.messages.get(channelId)?.get(asked.message_id);
  const isElsewhere = !isForward && asked.channel_id !== undefined && asked.channel_id !== channel.id;
  if (isElsewhere || referenced === undefined || referenced.onlyFor !== undefined) {
    if (!isForward && !asked.fail_if_not_exists) return undefined;
    throw invalidForm([
      { path: ["message_reference"], code: "REPLIES_UNKNOWN_MESSAGE", message: "Unknown message" },
    ]);
  }
  if (!isSaid(referenced.type)) {
    throw invalidForm([
      {
        path: ["message_reference"],
        code: "REPLIES_CANNOT_REPLY_TO_SYSTEM_MESSAGE",
        message: "Cannot reply to a system message",
      },
    ]);
  }
  const reference = { channel_id: channelId, message_id: referenced.id, ...guildField(world, channel) };
  if (!isForward) {
    return { type: MessageType.Reply, reference: { type: MessageReferenceType.Default, ...reference } };
  }
  return {
    type: MessageType.Default,
    reference: { type: MessageReferenceType.Forward, ...reference },
    snapshot: snapshotOf(world, referenced),
  };
}

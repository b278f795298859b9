import { MessageFlags, PermissionFlagsBits } from "discord-api-types/v10";
import { z } from "zod";
import { refusal } from "../api-error.ts";
import { composeEdit, composeMessage } from "../compose.ts";
import { withoutContent } from "../gateway/audience.ts";
import { channelOf, messageOf, messagesOf } from "../lookups.ts";
import { messageBody } from "../message-body.ts";
import { createMessage, deleteMessage, deleteMessages, editMessage } from "../messages.ts";
import { messagePayload } from "../payloads/message-payload.ts";
import { permissionsOf, requirePermissions } from "../permissions.ts";
import { requireSendable } from "../sending.ts";
import { snowflakeTimeMs } from "../snowflakes.ts";
import { startTyping } from "../typing.ts";
import type { StoredChannel, StoredMessage, World } from "../world.ts";
import { historyPage } from "./history.ts";
import { messageReferenceBody, readReference } from "./message-reference.ts";
import { parseAs, queryNumber } from "./parse.ts";
import type { AddRoute } from "./router.ts";

const createBody = messageBody.extend({
  nonce: z.union([z.string().max(25), z.number().int()]).nullish(),
  enforce_nonce: z.boolean().nullish(),
  message_reference: messageReferenceBody.nullish(),
});

/** Messages of a channel: history, create, edit, delete; and typing. */
export function addMessageRoutes(world: World, add: AddRoute): void {
  add("GET", "/channels/:channelId/messages", ({ param, query }) => {
    const channel = channelOf(world, param("channelId"));
    requirePermissions(world, world.botId, channel);
    const limit = queryNumber(query, "limit", { min: 1, max: 100, otherwise: 50 });
    const mayRead =
      (permissionsOf(world, world.botId, channel) & PermissionFlagsBits.ReadMessageHistory) !== 0n;
    if (!mayRead) return [];
    const visible = [...messagesOf(world, channel.id).values()].filter((one) => one.onlyFor === undefined);
    return historyPage(visible, query, limit).map((message) => restPayload(world, message));
  });

  add("GET", "/channels/:channelId/messages/:messageId", ({ param }) => {
    const channel = channelOf(world, param("channelId"));
    requirePermissions(world, world.botId, channel, PermissionFlagsBits.ReadMessageHistory);
    return restPayload(world, messageOf(world, channel.id, param("messageId"), undefined));
  });

  add("POST", "/channels/:channelId/messages", ({ param, body, files }) => {
    const channel = channelOf(world, param("channelId"));
    const parsed = parseAs(createBody, body);
    requireSendable(world, world.botId, channel, { embeds: parsed.embeds?.length ?? 0, files: files.size });
    const repeated = parsed.enforce_nonce ? withNonce(world, channel, parsed.nonce ?? undefined) : undefined;
    if (repeated !== undefined) return { ...messagePayload(world, repeated), nonce: repeated.nonce };
    const reference = readReference(world, channel, parsed.message_reference ?? undefined);
    const flags = (parsed.flags ?? 0) & ~MessageFlags.Ephemeral;
    const isForward = reference?.snapshot !== undefined;
    const message = createMessage(world, {
      ...(isForward ? {} : composeMessage(world, channel.id, { ...parsed, flags }, files)),
      ...reference,
      channelId: channel.id,
      authorId: world.botId,
      ...(parsed.nonce === undefined || parsed.nonce === null ? {} : { nonce: parsed.nonce }),
    });
    return {
      ...messagePayload(world, message),
      ...(message.nonce === undefined ? {} : { nonce: message.nonce }),
    };
  });

  add("PATCH", "/channels/:channelId/messages/:messageId", ({ param, body, files }) => {
    const channel = channelOf(world, param("channelId"));
    requirePermissions(world, world.botId, channel);
    const message = messageOf(world, channel.id, param("messageId"), undefined);
    const parsed = parseAs(messageBody, body);
    const isOwn = message.authorId === world.botId && message.webhookAuthor === undefined;
    if (!isOwn) {
      const onlyFlags = Object.keys(body ?? {}).every((key) => key === "flags");
      if (!onlyFlags) throw refusal("notTheAuthor");
      requirePermissions(world, world.botId, channel, PermissionFlagsBits.ManageMessages);
    }
    if (channel.thread?.archived === true) throw refusal("threadArchived");
    editMessage(world, message, composeEdit(world, message, parsed, files));
    return restPayload(world, message);
  });

  add("DELETE", "/channels/:channelId/messages/:messageId", ({ param }) => {
    const channel = channelOf(world, param("channelId"));
    requirePermissions(world, world.botId, channel);
    const message = messageOf(world, channel.id, param("messageId"), undefined);
    if (message.authorId !== world.botId) {
      requirePermissions(world, world.botId, channel, PermissionFlagsBits.ManageMessages);
    }
    deleteMessage(world, message);
  });

  add("POST", "/channels/:channelId/messages/bulk-delete", ({ param, body }) => {
    const channel = channelOf(world, param("channelId"));
    requirePermissions(world, world.botId, channel, PermissionFlagsBits.ManageMessages);
    const { messages } = parseAs(z.object({ messages: z.array(z.string()).min(2).max(100) }), body);
    const oldestMs = world.now() - BULK_DELETE_MAX_AGE_MS;
    if (messages.some((id) => snowflakeTimeMs(id) < oldestMs)) throw refusal("bulkDeleteTooOld");
    deleteMessages(world, channel, messages);
  });

  add("POST", "/channels/:channelId/typing", ({ param }) => {
    const channel = channelOf(world, param("channelId"));
    requireSendable(world, world.botId, channel, { embeds: 0, files: 0 });
    startTyping(world, channel, world.botId);
  });
}

const BULK_DELETE_MAX_AGE_MS = 14 * 24 * 60 * 60_000;
const NONCE_MEMORY_MS = 5 * 60_000;

/** Without the intent, an app gets other people's messages empty by REST too. */
function restPayload(world: World, message: StoredMessage) {
  const payload = messagePayload(world, message);
  return world.messageContentAllowed ? payload : withoutContent(world, payload);
}

function withNonce(
  world: World,
  channel: StoredChannel,
  nonce: string | number | undefined,
): StoredMessage | undefined {
  if (nonce === undefined) return undefined;
  const since = world.now() - NONCE_MEMORY_MS;
  return [...messagesOf(world, channel.id).values()].find(
    (message) =>
      message.authorId === world.botId &&
      message.nonce !== undefined &&
      String(message.nonce) === String(nonce) &&
      snowflakeTimeMs(message.id) >= since,
  );
}

import { PermissionFlagsBits } from "discord-api-types/v10";
import { z } from "zod";
import { refusal } from "../api-error.ts";
import { composeEdit, composeMessage } from "../compose.ts";
import type { StoredInteraction } from "../interaction-state.ts";
import { editFromInteraction, sendFromInteraction, writableInteraction } from "../interactions.ts";
import { channelOf, messageOf } from "../lookups.ts";
import { messageBody } from "../message-body.ts";
import { createMessage, deleteMessage, editMessage } from "../messages.ts";
import { messagePayload } from "../payloads/message-payload.ts";
import { requirePermissions } from "../permissions.ts";
import { createWebhook, webhookAuthor, webhookOf, webhookPayload, webhooksChanged } from "../webhooks.ts";
import type { StoredMessage, World } from "../world.ts";
import { parseAs } from "./parse.ts";
import type { AddRoute, RestCall } from "./router.ts";

/** Webhooks, and interactions after their first answer, which Discord serves under the same paths. */
export function addWebhookRoutes(world: World, add: AddRoute): void {
  addManagementRoutes(world, add);
  const execute = "/webhooks/:webhookId/:webhookToken";
  const single = `${execute}/messages/:messageId`;
  const open = { auth: "none" } as const;

  add(
    "POST",
    execute,
    (call) => (isInteraction(world, call) ? followUp(world, call) : send(world, call)),
    open,
  );
  add("GET", single, (call) => messagePayload(world, find(world, call).message), open);
  add(
    "PATCH",
    single,
    (call) => {
      const { message, interaction } = find(world, call);
      const edit = composeEdit(world, message, parseAs(messageBody, call.body), call.files);
      if (interaction === undefined) editMessage(world, message, edit);
      else editFromInteraction(world, interaction, message, edit);
      return messagePayload(world, message);
    },
    open,
  );
  add("DELETE", single, (call) => deleteMessage(world, find(world, call).message), open);
}

/** An application's interactions go by its own id. */
function isInteraction(world: World, { param }: RestCall): boolean {
  return param("webhookId") === world.botId;
}

function followUp(world: World, { param, body, files }: RestCall) {
  const interaction = writableInteraction(world, param("webhookToken"));
  const parsed = parseAs(messageBody, body);
  const original = originalOf(world, interaction);
  if (interaction.thinking && original !== undefined) {
    const edit = composeEdit(world, original, parsed, files);
    return messagePayload(world, editFromInteraction(world, interaction, original, edit));
  }
  const parts = composeMessage(world, interaction.channelId, parsed, files);
  return messagePayload(world, sendFromInteraction(world, interaction, parts, original));
}

function originalOf(
  world: World,
  { channelId, originalMessageId }: StoredInteraction,
): StoredMessage | undefined {
  return originalMessageId === undefined ? undefined : world.messages.get(channelId)?.get(originalMessageId);
}

function send(world: World, { param, body, files, query }: RestCall) {
  const webhook = webhookOf(world, param("webhookId"), param("webhookToken"));
  const parsed = parseAs(messageBody.extend({ username: z.string().min(1).max(80).nullish() }), body);
  const channelId = query.get("thread_id") ?? webhook.channelId;
  const message = createMessage(world, {
    ...composeMessage(world, channelId, parsed, files),
    channelId,
    authorId: webhook.id,
    webhookId: webhook.id,
    webhookAuthor: webhookAuthor(webhook, parsed.username ?? undefined),
  });
  return query.get("wait") === "true" ? messagePayload(world, message) : undefined;
}

/** The message of a webhook's or interaction's path, which may be ephemeral. */
function find(
  world: World,
  call: RestCall,
): { message: StoredMessage; interaction: StoredInteraction | undefined } {
  const { param, query } = call;
  if (isInteraction(world, call)) {
    const interaction = writableInteraction(world, param("webhookToken"));
    const isOriginal = param("messageId") === "@original";
    const messageId = isOriginal ? interaction.originalMessageId : param("messageId");
    const isOfIt =
      messageId === interaction.originalMessageId || interaction.messageIds.includes(messageId ?? "");
    if (messageId === undefined || !isOfIt) throw refusal("unknownMessage");
    return { interaction, message: messageOf(world, interaction.channelId, messageId, interaction.userId) };
  }
  const webhook = webhookOf(world, param("webhookId"), param("webhookToken"));
  const channelId = query.get("thread_id") ?? webhook.channelId;
  const message = messageOf(world, channelId, param("messageId"), undefined);
  if (message.webhookId !== webhook.id) throw refusal("unknownMessage");
  return { message, interaction: undefined };
}

function addManagementRoutes(world: World, add: AddRoute): void {
  const nameBody = z.object({ name: z.string().min(1).max(80), channel_id: z.string().optional() });
  const managed = (webhookId: string) => {
    const webhook = webhookOf(world, webhookId);
    requirePermissions(
      world,
      world.botId,
      channelOf(world, webhook.channelId),
      PermissionFlagsBits.ManageWebhooks,
    );
    return webhook;
  };
  add("POST", "/channels/:channelId/webhooks", ({ param, body }) => {
    const channel = channelOf(world, param("channelId"));
    requirePermissions(world, world.botId, channel, PermissionFlagsBits.ManageWebhooks);
    const { name } = parseAs(nameBody, body);
    return webhookPayload(world, createWebhook(world, channel, name, world.botId));
  });
  add("GET", "/channels/:channelId/webhooks", ({ param }) => {
    const channel = channelOf(world, param("channelId"));
    requirePermissions(world, world.botId, channel, PermissionFlagsBits.ManageWebhooks);
    return [...world.webhooks.values()]
      .filter((webhook) => webhook.channelId === channel.id)
      .map((webhook) => webhookPayload(world, webhook));
  });
  add("GET", "/guilds/:guildId/webhooks", () =>
    [...world.webhooks.values()].map((webhook) => webhookPayload(world, webhook)),
  );
  add("GET", "/webhooks/:webhookId", ({ param }) => webhookPayload(world, managed(param("webhookId"))));
  add("PATCH", "/webhooks/:webhookId", ({ param, body }) => {
    const webhook = managed(param("webhookId"));
    const change = parseAs(nameBody.partial(), body);
    webhook.name = change.name ?? webhook.name;
    webhook.channelId = change.channel_id ?? webhook.channelId;
    webhooksChanged(world, webhook.channelId);
    return webhookPayload(world, webhook);
  });
  add("DELETE", "/webhooks/:webhookId", ({ param }) => {
    const webhook = managed(param("webhookId"));
    world.webhooks.delete(webhook.id);
    webhooksChanged(world, webhook.channelId);
  });
  add(
    "DELETE",
    "/webhooks/:webhookId/:webhookToken",
    ({ param }) => {
      const webhook = webhookOf(world, param("webhookId"), param("webhookToken"));
      world.webhooks.delete(webhook.id);
      webhooksChanged(world, webhook.channelId);
    },
    { auth: "none" },
  );
}

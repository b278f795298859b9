import { type APIUser, GatewayDispatchEvents, type UserFlags, WebhookType } from "discord-api-types/v10";
import { refusal } from "./api-error.ts";
import { userPayload } from "./payloads/member-payload.ts";
import type { StoredChannel, StoredWebhook, World } from "./world.ts";

/** A webhook for a channel, with a token of its own. */
export function createWebhook(
  world: World,
  channel: StoredChannel,
  name: string,
  creatorId: string,
): StoredWebhook {
  const id = world.nextId();
  const webhook: StoredWebhook = { id, token: `webhook-${id}`, channelId: channel.id, name, creatorId };
  world.webhooks.set(id, webhook);
  webhooksChanged(world, channel.id);
  return webhook;
}

/** The webhook of a route, whose token must be right if the route has one. */
export function webhookOf(world: World, id: string, token?: string): StoredWebhook {
  const webhook = world.webhooks.get(id);
  if (webhook === undefined) throw refusal("unknownWebhook");
  if (token !== undefined && webhook.token !== token) throw refusal("invalidWebhookToken");
  return webhook;
}

/** A webhook as REST gives it, with its URL. */
export function webhookPayload(world: World, webhook: StoredWebhook) {
  return {
    id: webhook.id,
    type: WebhookType.Incoming,
    guild_id: world.guildId,
    channel_id: webhook.channelId,
    name: webhook.name,
    avatar: null,
    token: webhook.token,
    application_id: null,
    user: userPayload(world, webhook.creatorId),
    url: `${world.baseUrl}/api/webhooks/${webhook.id}/${webhook.token}`,
  };
}

/** Who a webhook's message is from: the webhook, under the name that the message chose. */
export function webhookAuthor(webhook: StoredWebhook, username: string | undefined): APIUser {
  return {
    id: webhook.id,
    username: username ?? webhook.name,
    discriminator: "0000",
    global_name: null,
    avatar: null,
    public_flags: 0 as UserFlags,
    flags: 0 as UserFlags,
    primary_guild: null,
    bot: true,
  };
}

/** Tells that a channel's webhooks are no longer as they were, as vaguely as Discord does. */
export function webhooksChanged(world: World, channelId: string): void {
  world.emit({
    type: GatewayDispatchEvents.WebhooksUpdate,
    channelId,
    data: { guild_id: world.guildId, channel_id: channelId },
  });
}

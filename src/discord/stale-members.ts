import { type Client, GatewayDispatchEvents } from "discord.js";

/**
 * Where an event tells nothing of its author's roles, discord.js answers with those that it remembers, from before
 * they may have been taken away. Forgotten before such an event is handled, they are asked for instead.
 */
export function forgetStaleMember(
  client: Client,
  packet: { readonly t?: string; readonly d?: unknown },
): void {
  if (packet.t === undefined || !AUTHORED.has(packet.t)) return;
  const { guild_id, member, author, user_id } = (packet.d ?? {}) as Authored;
  const authorId = author?.id ?? user_id;
  if (guild_id === undefined || authorId === undefined || Array.isArray(member?.roles)) return;
  if (authorId === client.user?.id) return;
  client.guilds.cache.get(guild_id)?.members.cache.delete(authorId);
}

interface Authored {
  readonly guild_id?: string;
  readonly author?: { readonly id?: string };
  /** Who types. */
  readonly user_id?: string;
  readonly member?: { readonly roles?: unknown };
}

const AUTHORED: ReadonlySet<string> = new Set([
  GatewayDispatchEvents.MessageCreate,
  GatewayDispatchEvents.MessageUpdate,
  GatewayDispatchEvents.TypingStart,
]);

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
  const { member, author, user_id } = (packet.d ?? {}) as Authored;
  const authorId = author?.id ?? user_id;
  if (authorId === undefined || Array.isArray(member?.roles) || authorId === client.user?.id) return;
  // In every guild: without `guild_id`, discord.js takes the channel's.
  for (const guild of client.guilds.cache.values()) guild.members.cache.delete(authorId);
}

interface Authored {
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

import { GatewayDispatchEvents, GatewayIntentBits } from "discord-api-types/v10";
import { mayView } from "../permissions.ts";
import type { Change, World } from "../world.ts";

/** What a session with these intents hears of a change: its data, stripped where it must be, or undefined. */
export function heardBy(world: World, intents: number, change: Change): unknown {
  const channel = change.channelId === undefined ? undefined : world.channels.get(change.channelId);
  const isEphemeral = change.onlyFor !== undefined;
  // Discord tells of ephemeral messages as if they were direct ones: by that intent, and without the guild.
  const inGuild = !isEphemeral && (channel?.inGuild ?? true);
  if (!coveredByIntents(world, intents, change, inGuild)) return undefined;
  if (isEphemeral) return withoutGuild(change.data);
  if (change.channelId !== undefined && channel !== undefined && !alwaysTold(change)) {
    if (!mayView(world, world.botId, channel)) return undefined;
  }
  const carriesMessage =
    change.type === GatewayDispatchEvents.MessageCreate ||
    change.type === GatewayDispatchEvents.MessageUpdate;
  if (!carriesMessage || (intents & GatewayIntentBits.MessageContent) !== 0) return change.data;
  return withoutContent(world, change.data);
}

/**
 * A message as an app without the Message Content intent gets it: empty, unless it is in a DM, the app's own, or
 * mentions the app.
 */
export function withoutContent<M extends StrippableMessage>(world: World, message: M): M {
  const inDm = world.channels.get(message.channel_id)?.inGuild === false;
  const isOwn = message.author.id === world.botId;
  const mentionsBot = message.mentions.some((user) => user.id === world.botId);
  const referenced = message.referenced_message;
  const stripped =
    inDm || isOwn || mentionsBot ? {} : { content: "", embeds: [], attachments: [], components: [] };
  return {
    ...message,
    ...stripped,
    ...(referenced ? { referenced_message: withoutContent(world, referenced) } : {}),
  };
}

function withoutGuild(data: Change["data"]): object {
  const { guild_id: _guildId, member: _member, ...rest } = { guild_id: null, member: null, ...data };
  return rest;
}

interface StrippableMessage {
  channel_id: string;
  author: { id: string };
  mentions: { id: string }[];
  referenced_message?: StrippableMessage | null;
}

function coveredByIntents(world: World, intents: number, change: Change, inGuild: boolean): boolean {
  if (change.type === GatewayDispatchEvents.InteractionCreate) return true;
  if (change.type === GatewayDispatchEvents.GuildMemberUpdate) {
    if (change.data.user.id === world.botId) return true;
  }
  const needed = INTENTS[change.type];
  if (needed === undefined) return true;
  return (intents & (inGuild ? needed.guild : needed.dm)) !== 0;
}

/** Discord tells bots of guild channels that they cannot view: only what happens in them is kept from them. */
function alwaysTold(change: Change): boolean {
  return (
    change.type === GatewayDispatchEvents.ChannelCreate ||
    change.type === GatewayDispatchEvents.ChannelUpdate ||
    change.type === GatewayDispatchEvents.ChannelDelete ||
    change.type === GatewayDispatchEvents.InteractionCreate
  );
}

const guilds = { guild: GatewayIntentBits.Guilds, dm: ~0 };
const members = { guild: GatewayIntentBits.GuildMembers, dm: 0 };
const moderation = { guild: GatewayIntentBits.GuildModeration, dm: 0 };
const messages = { guild: GatewayIntentBits.GuildMessages, dm: GatewayIntentBits.DirectMessages };
const reactions = {
  guild: GatewayIntentBits.GuildMessageReactions,
  dm: GatewayIntentBits.DirectMessageReactions,
};

/** The intent that each kind of event needs; one that is not here goes to every session. */
const INTENTS: Partial<Record<GatewayDispatchEvents, { guild: number; dm: number }>> = {
  [GatewayDispatchEvents.GuildCreate]: guilds,
  [GatewayDispatchEvents.GuildUpdate]: guilds,
  [GatewayDispatchEvents.GuildDelete]: guilds,
  [GatewayDispatchEvents.GuildRoleCreate]: guilds,
  [GatewayDispatchEvents.GuildRoleUpdate]: guilds,
  [GatewayDispatchEvents.GuildRoleDelete]: guilds,
  [GatewayDispatchEvents.ChannelCreate]: guilds,
  [GatewayDispatchEvents.ChannelUpdate]: guilds,
  [GatewayDispatchEvents.ChannelDelete]: guilds,
  [GatewayDispatchEvents.ChannelPinsUpdate]: {
    guild: GatewayIntentBits.Guilds,
    dm: GatewayIntentBits.DirectMessages,
  },
  [GatewayDispatchEvents.ThreadCreate]: guilds,
  [GatewayDispatchEvents.ThreadUpdate]: guilds,
  [GatewayDispatchEvents.ThreadDelete]: guilds,
  [GatewayDispatchEvents.ThreadListSync]: guilds,
  [GatewayDispatchEvents.ThreadMembersUpdate]: guilds,
  [GatewayDispatchEvents.GuildMemberAdd]: members,
  [GatewayDispatchEvents.GuildMemberUpdate]: members,
  [GatewayDispatchEvents.GuildMemberRemove]: members,
  [GatewayDispatchEvents.GuildBanAdd]: moderation,
  [GatewayDispatchEvents.GuildBanRemove]: moderation,
  [GatewayDispatchEvents.WebhooksUpdate]: { guild: GatewayIntentBits.GuildWebhooks, dm: 0 },
  [GatewayDispatchEvents.MessageCreate]: messages,
  [GatewayDispatchEvents.MessageUpdate]: messages,
  [GatewayDispatchEvents.MessageDelete]: messages,
  [GatewayDispatchEvents.MessageDeleteBulk]: messages,
  [GatewayDispatchEvents.MessageReactionAdd]: reactions,
  [GatewayDispatchEvents.MessageReactionRemove]: reactions,
  [GatewayDispatchEvents.MessageReactionRemoveAll]: reactions,
  [GatewayDispatchEvents.MessageReactionRemoveEmoji]: reactions,
  [GatewayDispatchEvents.TypingStart]: {
    guild: GatewayIntentBits.GuildMessageTyping,
    dm: GatewayIntentBits.DirectMessageTyping,
  },
};

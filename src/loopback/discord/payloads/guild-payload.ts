import {
  type APIGuild,
  type GatewayGuildCreateDispatchData,
  GuildDefaultMessageNotifications,
  GuildExplicitContentFilter,
  GuildMFALevel,
  GuildNSFWLevel,
  GuildPremiumTier,
  type GuildSystemChannelFlags,
  GuildVerificationLevel,
  Locale,
} from "discord-api-types/v10";
import { memberOf } from "../lookups.ts";
import { mayView } from "../permissions.ts";
import type { StoredChannel, World } from "../world.ts";
import { channelPayload } from "./channel-payload.ts";
import { memberPayload } from "./member-payload.ts";

/** The guild as REST gives it. */
export function guildPayload(world: World): APIGuild {
  return {
    id: world.guildId,
    name: world.guildName,
    icon: null,
    splash: null,
    discovery_splash: null,
    owner_id: world.ownerId,
    afk_channel_id: null,
    afk_timeout: 300,
    verification_level: GuildVerificationLevel.None,
    default_message_notifications: GuildDefaultMessageNotifications.OnlyMentions,
    explicit_content_filter: GuildExplicitContentFilter.Disabled,
    roles: [...world.roles.values()],
    emojis: [],
    stickers: [],
    features: [],
    mfa_level: GuildMFALevel.None,
    application_id: null,
    system_channel_id: null,
    system_channel_flags: 0 as GuildSystemChannelFlags,
    rules_channel_id: null,
    region: "deprecated",
    widget_enabled: false,
    widget_channel_id: null,
    max_presences: null,
    max_video_channel_users: 25,
    max_stage_video_channel_users: 50,
    max_members: 500_000,
    vanity_url_code: null,
    description: null,
    banner: null,
    premium_tier: GuildPremiumTier.None,
    premium_subscription_count: 0,
    preferred_locale: Locale.EnglishUS,
    public_updates_channel_id: null,
    nsfw_level: GuildNSFWLevel.Default,
    premium_progress_bar_enabled: false,
    hub_type: null,
    safety_alerts_channel_id: null,
    incidents_data: null,
  };
}

/** The guild as GUILD_CREATE tells it: what the bot may view, and no member but the bot, as without presences. */
export function guildDispatch(world: World): GatewayGuildCreateDispatchData {
  const bot = memberOf(world, world.botId);
  const visible = [...world.channels.values()].filter((channel) => channel.inGuild && isTold(world, channel));
  const channels = visible.filter((channel) => channel.thread === undefined);
  const threads = visible.filter((channel) => channel.thread?.archived === false);
  return {
    ...guildPayload(world),
    joined_at: new Date(bot.joinedAtMs).toISOString(),
    large: false,
    unavailable: false,
    member_count: world.members.size,
    voice_states: [],
    members: [memberPayload(world, world.botId)],
    channels: channels.map((channel) =>
      channelPayload(world, channel),
    ) as GatewayGuildCreateDispatchData["channels"],
    threads: threads.map((channel) =>
      channelPayload(world, channel),
    ) as GatewayGuildCreateDispatchData["threads"],
    presences: [],
    stage_instances: [],
    guild_scheduled_events: [],
    soundboard_sounds: [],
  };
}

/** Channels that the bot cannot view are told of all the same, as Discord does; threads are not. */
function isTold(world: World, channel: StoredChannel): boolean {
  return channel.thread === undefined || mayView(world, world.botId, channel);
}

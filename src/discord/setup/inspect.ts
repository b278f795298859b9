import {
  type APIApplication,
  type APIChannel,
  type APIGuild,
  type APIGuildMember,
  type APIUser,
  ChannelType,
  DiscordAPIError,
  REST,
  RESTEvents,
  Routes,
} from "discord.js";
import type { Snowflake } from "../../core/projects/project.ts";
import { isFromOutside } from "../gateway/from-outside.ts";
import { memberPermissions, type OverwrittenChannel } from "../gateway/member-permissions.ts";
import { hasMessageContent } from "../gateway/message-content.ts";
import { NEEDED_PERMISSIONS, type NeededPermission } from "./needed-permissions.ts";

/** What Discord says about the bot, without a gateway connection: a running bot is not disturbed. */
export type DiscordInspection =
  | { readonly state: "unreachable"; readonly why: string }
  | { readonly state: "token_refused" }
  | (BotInspection & { readonly state: "logged_in" });

export interface BotInspection {
  readonly botId: Snowflake;
  readonly botName: string;
  /** Whether Discord gives it the text of messages. */
  readonly messageContent: boolean;
  /** Whether the bot is in the guild that was asked about; undefined when none was. */
  readonly inGuild: boolean | undefined;
  /** Discord's time less ours, in ms; undefined when it did not tell. */
  readonly clockAheadMs: number | undefined;
  /** One for each channel that was asked about, in that order. */
  readonly channels: readonly ChannelInspection[];
}

export type ChannelInspection = { readonly channelId: Snowflake } & (
  | { readonly state: "unknown" }
  /** There, but the bot may not see it; more Discord does not tell. */
  | { readonly state: "hidden" }
  | { readonly state: "no_text"; readonly name: string }
  | {
      readonly state: "found";
      readonly name: string;
      readonly guildId: Snowflake;
      readonly missing: readonly NeededPermission[];
    }
);

/** Asks Discord what the bot is and may do. Throws only what is a bug. */
export async function inspectDiscord(options: {
  token: string;
  apiUrl: string;
  guildId: Snowflake | undefined;
  channelIds: readonly Snowflake[];
  now: () => number;
}): Promise<DiscordInspection> {
  const rest = new REST({ api: options.apiUrl, retries: 1, timeout: TIMEOUT_MS }).setToken(options.token);
  let clockAheadMs: number | undefined;
  rest.on(RESTEvents.Response, (_request, response) => {
    const date = Date.parse(response.headers.get("date") ?? "");
    if (!Number.isNaN(date)) clockAheadMs = date - options.now();
  });
  const get = async <T>(route: `/${string}`) => (await rest.get(route)) as T;
  try {
    const bot = await get<APIUser>(Routes.user());
    const application = await get<APIApplication>(Routes.currentApplication());
    const guilds = cached((guildId) => guildOf(get, guildId, bot.id));
    const channels: ChannelInspection[] = [];
    for (const channelId of options.channelIds) {
      channels.push(await inspectChannel(get, guilds, channelId, options.now()));
    }
    return {
      state: "logged_in",
      botId: bot.id,
      botName: bot.username,
      messageContent: hasMessageContent(application),
      inGuild: options.guildId === undefined ? undefined : (await guilds(options.guildId)) !== undefined,
      clockAheadMs,
      channels,
    };
  } catch (error) {
    if (error instanceof DiscordAPIError && error.status === 401) return { state: "token_refused" };
    if (!isFromOutside(error)) throw error;
    return { state: "unreachable", why: error.message };
  }
}

const TIMEOUT_MS = 10_000;

type Get = <T>(route: `/${string}`) => Promise<T>;

interface GuildView {
  readonly guild: APIGuild;
  readonly member: APIGuildMember;
}

async function inspectChannel(
  get: Get,
  guilds: (guildId: Snowflake) => Promise<GuildView | undefined>,
  channelId: Snowflake,
  nowMs: number,
): Promise<ChannelInspection> {
  try {
    const channel = await get<APIChannel>(Routes.channel(channelId));
    const name = channel.name ?? channelId;
    if (!TEXT_CHANNELS.has(channel.type) || !("guild_id" in channel) || channel.guild_id === undefined) {
      return { channelId, state: "no_text", name };
    }
    const view = await guilds(channel.guild_id);
    if (view === undefined) return { channelId, state: "hidden" };
    // A thread has no overwrites of its own: its channel's count.
    const isThread = "thread_metadata" in channel && typeof channel.parent_id === "string";
    const ruling = isThread ? await get<APIChannel>(Routes.channel(channel.parent_id ?? channelId)) : channel;
    const permissions = memberPermissions(view, ruling as OverwrittenChannel, nowMs);
    const missing = NEEDED_PERMISSIONS.filter((needed) => !permissions.has(needed.name));
    return { channelId, state: "found", name, guildId: channel.guild_id, missing };
  } catch (error) {
    if (!(error instanceof DiscordAPIError)) throw error;
    if (error.status === 404) return { channelId, state: "unknown" };
    if (error.status === 403) return { channelId, state: "hidden" };
    throw error;
  }
}

const TEXT_CHANNELS: ReadonlySet<ChannelType> = new Set([
  ChannelType.GuildText,
  ChannelType.GuildVoice,
  ChannelType.GuildAnnouncement,
  ChannelType.GuildForum,
  ChannelType.AnnouncementThread,
  ChannelType.PublicThread,
  ChannelType.PrivateThread,
]);

/** The guild and the bot in it; undefined when the bot is not in it. */
async function guildOf(get: Get, guildId: Snowflake, botId: Snowflake): Promise<GuildView | undefined> {
  try {
    return {
      guild: await get<APIGuild>(Routes.guild(guildId)),
      member: await get<APIGuildMember>(Routes.guildMember(guildId, botId)),
    };
  } catch (error) {
    if (error instanceof DiscordAPIError && (error.status === 404 || error.status === 403)) return undefined;
    throw error;
  }
}

function cached<T>(load: (key: string) => Promise<T>): (key: string) => Promise<T> {
  const known = new Map<string, Promise<T>>();
  return (key) => {
    const loading = known.get(key) ?? load(key);
    known.set(key, loading);
    return loading;
  };
}

import {
  type APIApplication,
  type APIGuild,
  type APIGuildChannel,
  type APIGuildMember,
  type APIRole,
  type APIUser,
  ChannelType,
  DiscordAPIError,
  REST,
  Routes,
} from "discord.js";
import { CoordError } from "../../core/operations/errors.ts";
import type { Snowflake } from "../../core/projects/project.ts";
import { isFromOutside } from "../gateway/from-outside.ts";
import { memberPermissions, type OverwrittenChannel } from "../gateway/member-permissions.ts";
import { hasMessageContent } from "../gateway/message-content.ts";
import { NEEDED_PERMISSIONS, type NeededPermission } from "./needed-permissions.ts";

/** Something of Discord's with a name for people. */
export interface Named {
  readonly id: Snowflake;
  readonly name: string;
}

export interface SetupBot extends Named {
  readonly messageContent: boolean;
  /** Who made the application; undefined when a team owns it. */
  readonly owner: Named | undefined;
}

export interface SetupChannel extends Named {
  /** The heading that it stands under in Discord. */
  readonly category: string | undefined;
  readonly missing: readonly NeededPermission[];
}

export interface SetupMember extends Named {
  /** All that people may call them by, the unique name first. */
  readonly names: readonly string[];
}

/**
 * What the set-up asks Discord by REST, so that a bot that runs already is not disturbed. All of it throws
 * token_refused or discord_unreachable.
 */
export interface DiscordSetup {
  bot(): Promise<SetupBot>;
  /** The guilds that the bot has joined. */
  guilds(): Promise<Named[]>;
  /** Channels in which people write, in Discord's order, with what the bot lacks in each. */
  channels(guildId: Snowflake): Promise<SetupChannel[]>;
  /** Roles that people have, without @everyone and those of bots. */
  roles(guildId: Snowflake): Promise<Named[]>;
  /** Members whose name or nickname begins so; no bots. */
  membersCalled(guildId: Snowflake, start: string): Promise<SetupMember[]>;
  /** Undefined for somebody who is not in the guild. */
  member(guildId: Snowflake, userId: Snowflake): Promise<SetupMember | undefined>;
  /** Undefined for a channel that is not there or that the bot may not see. */
  guildOf(channelId: Snowflake): Promise<Snowflake | undefined>;
  say(channelId: Snowflake, content: string): Promise<void>;
}

export function createDiscordSetup(options: {
  token: string;
  apiUrl: string;
  now: () => number;
}): DiscordSetup {
  const rest = new REST({ api: options.apiUrl, retries: 1, timeout: TIMEOUT_MS }).setToken(options.token);
  const asked = async <T>(work: () => Promise<unknown>): Promise<T> => {
    try {
      return (await work()) as T;
    } catch (error) {
      throw explained(error, options.apiUrl);
    }
  };
  const get = <T>(route: `/${string}`, query?: URLSearchParams) =>
    asked<T>(() => rest.get(route, query === undefined ? {} : { query }));
  let botId: Snowflake | undefined;
  const bot = async () => {
    const user = await get<APIUser>(Routes.user());
    const application = await get<APIApplication>(Routes.currentApplication());
    botId = user.id;
    return {
      id: user.id,
      name: user.username,
      messageContent: hasMessageContent(application),
      owner: application.team || !application.owner ? undefined : person(application.owner),
    };
  };

  return {
    bot,
    guilds: async () => (await get<Named[]>(Routes.userGuilds())).map(({ id, name }) => ({ id, name })),
    channels: async (guildId) => {
      const own = botId ?? (await bot()).id;
      const [guild, member, channels] = await Promise.all([
        get<APIGuild>(Routes.guild(guildId)),
        get<APIGuildMember>(Routes.guildMember(guildId, own)),
        get<APIGuildChannel[]>(Routes.guildChannels(guildId)),
      ]);
      const place = placeAmong(channels);
      return channels
        .filter(({ type }) => WRITTEN_IN.has(type))
        .toSorted((a, b) => place(a) - place(b))
        .map((channel) => {
          const permissions = memberPermissions(
            { guild, member },
            channel as OverwrittenChannel,
            options.now(),
          );
          return {
            id: channel.id,
            name: channel.name ?? channel.id,
            category: channels.find(({ id }) => id === parentOf(channel))?.name ?? undefined,
            missing: NEEDED_PERMISSIONS.filter((needed) => !permissions.has(needed.name)),
          };
        });
    },
    roles: async (guildId) =>
      (await get<APIRole[]>(Routes.guildRoles(guildId)))
        .filter(({ id, managed }) => id !== guildId && !managed)
        .map(({ id, name }) => ({ id, name })),
    membersCalled: async (guildId, start) => {
      const query = new URLSearchParams({ query: start, limit: String(MOST_MEMBERS) });
      const found = await get<APIGuildMember[]>(Routes.guildMembersSearch(guildId), query);
      return found.filter(({ user }) => !user.bot).map(memberOf);
    },
    member: async (guildId, userId) => {
      const found = await orNothing(() => rest.get(Routes.guildMember(guildId, userId)), options.apiUrl);
      return found === undefined ? undefined : memberOf(found as APIGuildMember);
    },
    guildOf: async (channelId) => {
      const found = await orNothing(() => rest.get(Routes.channel(channelId)), options.apiUrl);
      return (found as { guild_id?: Snowflake } | undefined)?.guild_id;
    },
    say: (channelId, content) =>
      asked<void>(() =>
        rest.post(Routes.channelMessages(channelId), { body: { content, allowed_mentions: { parse: [] } } }),
      ),
  };
}

const TIMEOUT_MS = 10_000;
const MOST_MEMBERS = 20;

/** Voice channels have a chat too. */
const WRITTEN_IN: ReadonlySet<ChannelType> = new Set([
  ChannelType.GuildText,
  ChannelType.GuildAnnouncement,
  ChannelType.GuildForum,
  ChannelType.GuildVoice,
]);

/** As Discord shows them: those without a category first, then category by category. */
function placeAmong(channels: readonly APIGuildChannel[]): (channel: APIGuildChannel) => number {
  const position = (channel: APIGuildChannel | undefined) =>
    channel !== undefined && "position" in channel ? Number(channel.position) : -1;
  const heading = (channel: APIGuildChannel) => channels.find(({ id }) => id === parentOf(channel));
  return (channel) => (position(heading(channel)) + 1) * 1_000 + position(channel);
}

function parentOf(channel: APIGuildChannel): Snowflake | undefined {
  return ("parent_id" in channel ? channel.parent_id : undefined) ?? undefined;
}

function memberOf({ user, nick }: APIGuildMember): SetupMember {
  const { name } = person(user);
  const names = [user.username, user.global_name, nick].filter((each) => typeof each === "string");
  return { id: user.id, name: nick ?? name, names };
}

function person({ id, username, global_name }: APIUser): Named {
  return { id, name: global_name ?? username };
}

async function orNothing(work: () => Promise<unknown>, apiUrl: string): Promise<unknown> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof DiscordAPIError && (error.status === 404 || error.status === 403)) return undefined;
    throw explained(error, apiUrl);
  }
}

function explained(error: unknown, apiUrl: string): unknown {
  if (error instanceof DiscordAPIError && error.status === 401) {
    return new CoordError("token_refused", "Discord does not accept this token.", { cause: error });
  }
  if (error instanceof DiscordAPIError) {
    return new CoordError("discord_refused", `Discord refused it: ${error.message}.`, { cause: error });
  }
  if (!isFromOutside(error)) return error;
  return new CoordError(
    "discord_unreachable",
    `Discord can't be reached at ${apiUrl} (${error.message}). Look at this machine's network and DNS, and at https://discordstatus.com`,
    { cause: error },
  );
}

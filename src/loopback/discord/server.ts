import { randomBytes } from "node:crypto";
import { type APIMessage, type ChannelType, PermissionFlagsBits } from "discord-api-types/v10";
import { createChannel } from "./channels.ts";
import { createFaultControl, type Faults } from "./fault-control.ts";
import { createFaultList } from "./faults.ts";
import { createGateway } from "./gateway/gateway.ts";
import { createRole, createUser, foundGuild, joinGuild } from "./guild.ts";
import { createGuildControl, type GuildControl } from "./guild-control.ts";
import { channelOf, messagesOf } from "./lookups.ts";
import { openNetwork } from "./network.ts";
import { messagePayload } from "./payloads/message-payload.ts";
import type { Ref } from "./people/acting.ts";
import { createPerson, type Person } from "./people/person.ts";
import { ALL_PERMISSIONS } from "./permissions.ts";
import { createRateLimits } from "./rate-limits.ts";
import { createRestApp } from "./rest/app.ts";
import { createRequestLog, type RequestListener, type RequestRecord } from "./rest/request-log.ts";
import { createUntil, type Until } from "./until.ts";
import { type Change, createWorld, type World } from "./world.ts";

/** How a loopback Discord differs from the usual one. */
export interface LoopbackDiscordOptions {
  /** Default: any free one. */
  readonly port?: number;
  /** Counts requests in rate-limit buckets as Discord does. Default: no limits. */
  readonly rateLimits?: boolean;
  /** Whether the Message Content intent is turned on for the bot. Default: true. */
  readonly messageContentAllowed?: boolean;
  /** The bot's token; default: a made-up one. */
  readonly token?: string;
  readonly botUsername?: string;
  /** What the bot's own role allows; default: everything but Administrator. */
  readonly botPermissions?: bigint;
  readonly guildName?: string;
  /** What HELLO tells; default 41250, as Discord. */
  readonly heartbeatIntervalMs?: number;
  /** The clock, in ms since the epoch. */
  readonly now?: () => number;
}

/** A running loopback Discord: what its bot connects to, who its people are, and what can go wrong. */
export interface LoopbackDiscord {
  /** For discord.js: `new Client({ rest: { api: discord.apiUrl } })`. */
  readonly apiUrl: string;
  readonly port: number;
  /** The state itself, for what shows it; change it through people and the API. */
  readonly world: World;
  readonly token: string;
  readonly bot: { readonly id: string; readonly username: string; readonly mention: string };
  readonly guild: GuildControl;
  /** The guild's owner, who may do everything. */
  readonly owner: Person;
  addChannel(name: string, options?: AddChannelOptions): { readonly id: string; readonly name: string };
  addMember(username: string, options?: AddMemberOptions): Person;
  /** A message's channel or thread as people see it, oldest first, without ephemeral messages. */
  messages(channel: Ref): APIMessage[];
  readonly requests: readonly RequestRecord[];
  /** Requests that broke a real rate limit. */
  readonly rateLimited: readonly RequestRecord[];
  /** Hears of every change, as the gateway tells of it; returns what ends the hearing. */
  onChange(listener: (change: Change) => void): () => void;
  /** Hears of every REST request once it is answered, with the answer's JSON. */
  onRequest(listener: RequestListener): () => void;
  readonly until: Until;
  readonly faults: Faults;
  /** Resolves when at least one gateway session is connected and ready. */
  botIsOnline(options?: { timeoutMs?: number }): Promise<void>;
  /** Closes everything; nothing is left. */
  stop(): Promise<void>;
}

/** What a new channel is besides its name; default: a text channel. */
export interface AddChannelOptions {
  readonly type?: ChannelType;
  readonly topic?: string;
  readonly parent?: Ref;
  /** A forum's tags, by name. */
  readonly tags?: readonly string[];
}

/** What a new member is besides their name. */
export interface AddMemberOptions {
  readonly roles?: readonly Ref[];
  /** Makes a role of the person's own that allows this. */
  readonly permissions?: bigint;
  readonly displayName?: string;
  /** Another bot, which acts through this object too. */
  readonly bot?: boolean;
}

/** Starts a Discord of one guild on 127.0.0.1, with one bot that can log in. */
export async function startLoopbackDiscord(options: LoopbackDiscordOptions = {}): Promise<LoopbackDiscord> {
  const now = options.now ?? Date.now;
  const token =
    options.token ?? `loopback.${randomBytes(6).toString("hex")}.${randomBytes(18).toString("hex")}`;
  const guildName = options.guildName ?? "Loopback";
  const username = options.botUsername ?? "claude";
  const world = createWorld({
    now,
    token,
    guildName,
    messageContentAllowed: options.messageContentAllowed ?? true,
  });
  foundGuild(world, { username, permissions: options.botPermissions ?? BOT_PERMISSIONS });

  const log = createRequestLog();
  const faults = createFaultList();
  const gateway = createGateway(world, { heartbeatIntervalMs: options.heartbeatIntervalMs ?? 41_250 });
  const rateLimits = options.rateLimits === true ? createRateLimits(now) : undefined;
  const app = createRestApp(world, gateway, { faults, log, rateLimits });
  const network = await openNetwork({
    port: options.port ?? 0,
    fetch: app.fetch,
    onServer: gateway.listenOn,
  });
  const { port } = network;
  world.baseUrl = `http://127.0.0.1:${port}`;

  const stopping = new AbortController();
  const until = createUntil(world.onChange, stopping.signal, () => lastRequests(log.requests));
  const idOf = (ref: Ref) => (typeof ref === "string" ? ref : ref.id);
  const owner = world.users.get(world.ownerId);
  if (owner === undefined) throw new Error("The guild has no owner.");

  return {
    apiUrl: `${world.baseUrl}/api`,
    port,
    world,
    token,
    bot: { id: world.botId, username, mention: `<@${world.botId}>` },
    guild: createGuildControl(world),
    owner: createPerson(world, until, owner),
    addChannel: (name, channel = {}) =>
      createChannel(world, {
        name,
        ...(channel.type === undefined ? {} : { type: channel.type }),
        ...(channel.topic === undefined ? {} : { topic: channel.topic }),
        ...(channel.parent === undefined ? {} : { parentId: idOf(channel.parent) }),
        availableTags: (channel.tags ?? []).map((tag) => ({
          id: world.nextId(),
          name: tag,
          moderated: false,
          emoji_id: null,
          emoji_name: null,
        })),
      }),
    addMember: (memberName, member = {}) => {
      const user = createUser(world, {
        username: memberName,
        ...(member.displayName === undefined ? {} : { globalName: member.displayName }),
        ...(member.bot === undefined ? {} : { bot: member.bot }),
      });
      const own =
        member.permissions === undefined
          ? []
          : [createRole(world, { name: memberName, permissions: member.permissions }).id];
      joinGuild(world, user, [...(member.roles ?? []).map(idOf), ...own]);
      return createPerson(world, until, user);
    },
    messages: (channel) =>
      [...messagesOf(world, channelOf(world, idOf(channel)).id).values()]
        .filter((message) => message.onlyFor === undefined)
        .map((message) => messagePayload(world, message)),
    requests: log.requests,
    rateLimited: log.rateLimited,
    onChange: world.onChange,
    onRequest: log.onRequest,
    until,
    faults: createFaultControl(faults, gateway, network),
    botIsOnline: async ({ timeoutMs = 10_000 } = {}) => {
      const online = () => [...gateway.connections].some((connection) => connection.session() !== undefined);
      await until(online, { timeoutMs, describe: "the bot to be online" });
    },
    stop: async () => {
      stopping.abort();
      gateway.stop();
      await network.goAway();
    },
  };
}

const BOT_PERMISSIONS = ALL_PERMISSIONS & ~PermissionFlagsBits.Administrator;

function lastRequests(requests: readonly RequestRecord[]): string {
  const lines = requests.slice(-8).map(({ method, path, status }) => `  ${method} ${path} ${status ?? "…"}`);
  return ["The last requests:", ...lines].join("\n");
}

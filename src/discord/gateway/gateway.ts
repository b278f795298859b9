import {
  Client,
  DefaultRestOptions,
  DiscordAPIError,
  DiscordjsError,
  Events,
  GatewayCloseCodes,
  GatewayDispatchEvents,
  GatewayIntentBits,
  HTTPError,
  type Message,
  Options,
  Partials,
  type REST,
  RESTEvents,
  Status,
} from "discord.js";
import type { Actor } from "../../core/access/access.ts";
import type { BotIdentity, IncomingMessage, IncomingTyping } from "../../core/messages/inbound.ts";
import { CoordError } from "../../core/operations/errors.ts";
import type { Snowflake } from "../../core/projects/project.ts";
import { type IncomingInteraction, incomingInteraction } from "../interactions/incoming-interaction.ts";
import { watchAppearances } from "./appearances.ts";
import { deletedMessages } from "./deleted-messages.ts";
import { deletedThread } from "./deleted-thread.ts";
import { guardedRequest, type RequestGuard } from "./guarded-request.ts";
import { createHistory, type History } from "./history.ts";
import { incomingMessage, incomingTyping } from "./incoming-message.ts";
import { memberNow } from "./member-now.ts";
import { guardPackets } from "./packet-guard.ts";
import { forgetStaleMember } from "./stale-members.ts";

export interface GatewayOptions {
  readonly token: string;
  /** Without the version: `https://discord.com/api`. */
  readonly apiUrl: string;
  /** Whether Discord sends events has changed. */
  readonly onState: (state: "ready" | "lost" | "resumed") => void;
  /** Discord answered 429; discord.js waits and tries again by itself. */
  readonly onRateLimit: (limit: { route: string; isGlobal: boolean; waitMs: number }) => void;
  /** What looks over everything that goes to Discord. */
  readonly guard: RequestGuard;
  readonly log: GatewayLog;
}

/** Hears what comes from Discord. */
export interface GatewayListener {
  readonly onMessage: (message: IncomingMessage) => void;
  /** `editedAtMs`: ms since the epoch. */
  readonly onEdit: (message: IncomingMessage, editedAtMs: number) => void;
  readonly onDelete: (channelId: Snowflake, messageIds: readonly Snowflake[]) => void;
  readonly onThreadDeleted: (threadId: Snowflake, parentId: Snowflake) => void;
  /** A channel or thread has come into view, and may have been written in before. */
  readonly onAppeared: (channelId: Snowflake, parentChannelId: Snowflake | undefined) => void;
  /** What the bot may see has changed, in whatever channels. */
  readonly onAccess: () => void;
  readonly onTyping: (typing: IncomingTyping) => void;
  readonly onInteraction: (interaction: IncomingInteraction) => void;
  /** A gateway session begins that does not go on where the last one ended: messages may have been missed. */
  readonly onNewSession: () => void;
  /** The new session is complete: guilds and channels are known. */
  readonly onSessionReady: () => void;
  /** The connection is lost for good, in a way that only a person can put right. */
  readonly onRefused: (error: CoordError) => void;
}

export interface GatewayLog {
  info(message: string, fields?: object): void;
  warn(message: string, fields?: object): void;
}

export interface Gateway {
  readonly history: History;
  /** Works from `connect` on. */
  readonly rest: REST;
  /**
   * Logs in and settles once Discord sends events. Throws token_refused, intent_missing, discord_unreachable or
   * discord_refused. Lost connections are taken up again by discord.js itself.
   */
  connect(listener: GatewayListener): Promise<void>;
  botName(): string;
  /** The guild of a channel that the bot can see. */
  guildOf(channelId: Snowflake): Snowflake | undefined;
  /** The name of a channel or thread that the bot can see. */
  channelName(channelId: Snowflake): string | undefined;
  /** A member as Discord has them now, asked by REST; rejects when that can't be known. */
  member(guildId: Snowflake, userId: Snowflake): Promise<Actor>;
  /** The category that a channel stands in. */
  categoryOf(channelId: Snowflake): Snowflake | undefined;
  /** Who owns the guild of a channel, as far as Discord has told. */
  ownerOf(channelId: Snowflake): Snowflake | undefined;
  /** Asked each time: roles come and go. */
  bot(): BotIdentity;
  /** How long Discord took to answer the last heartbeat, in ms; undefined before the first. */
  latencyMs(): number | undefined;
  /** Whether Discord sends us events at this moment. */
  isReady(): boolean;
  close(): Promise<void>;
}

/** The connection to Discord; nothing happens before `connect`. */
export function createGateway(options: GatewayOptions): Gateway {
  const client = new Client({
    intents: [
      GatewayIntentBits.Guilds,
      GatewayIntentBits.GuildMessages,
      GatewayIntentBits.GuildMessageTyping,
      GatewayIntentBits.MessageContent,
    ],
    rest: {
      api: options.apiUrl,
      makeRequest: guardedRequest(DefaultRestOptions.makeRequest, options.guard),
    },
    // Without a cache, discord.js passes edits over unless it may tell of messages that it does not know whole.
    partials: [Partials.Message],
    // What we read is in the events themselves; a cache of everybody's messages would only grow.
    makeCache: Options.cacheWithLimits({
      ...Options.DefaultMakeCacheSettings,
      MessageManager: 0,
      ReactionManager: 0,
      PresenceManager: 0,
      GuildMemberManager: { maxSize: 50, keepOverLimit: (member) => member.id === member.client.user.id },
      UserManager: { maxSize: 50, keepOverLimit: (user) => user.id === user.client.user.id },
    }),
  });

  guardPackets(client, options.log);
  client.on(Events.Error, (error) => options.log.warn("the gateway reported an error", { error }));
  client.on(Events.ShardReconnecting, () => {
    options.log.info("the gateway connection is lost; reconnecting");
    options.onState("lost");
  });
  client.on(Events.ShardResume, () => {
    options.log.info("the gateway connection is back");
    options.onState("resumed");
  });
  client.on(Events.ShardReady, () => options.onState("ready"));
  client.rest.on(RESTEvents.Response, ({ route }, { status, headers }) => {
    if (status !== 429) return;
    const isGlobal = headers.get("x-ratelimit-global") === "true";
    options.onRateLimit({ route, isGlobal, waitMs: Number(headers.get("retry-after") ?? 0) * 1000 });
  });

  const connect = async (listener: GatewayListener) => {
    hear(client, listener);
    const ready = new Promise<void>((resolve, reject) => {
      client.once(Events.ClientReady, () => resolve());
      client.on(Events.ShardDisconnect, ({ code }) => {
        const error = closeError(code);
        if (client.isReady()) listener.onRefused(error);
        reject(error);
      });
    });
    try {
      await Promise.all([client.login(options.token), ready]);
    } catch (error) {
      await client.destroy();
      throw loginError(error, options.apiUrl);
    }
  };

  return {
    rest: client.rest,
    history: createHistory(client),
    connect,
    guildOf: (channelId) => {
      const channel = client.channels.cache.get(channelId);
      return channel !== undefined && "guildId" in channel ? (channel.guildId ?? undefined) : undefined;
    },
    member: (guildId, userId) => memberNow(client, guildId, userId),
    categoryOf: (channelId) => {
      const channel = client.channels.cache.get(channelId);
      return channel !== undefined && "parentId" in channel ? (channel.parentId ?? undefined) : undefined;
    },
    channelName: (channelId) => {
      const channel = client.channels.cache.get(channelId);
      return channel !== undefined && "name" in channel ? (channel.name ?? undefined) : undefined;
    },
    ownerOf: (channelId) => {
      const channel = client.channels.cache.get(channelId);
      return channel !== undefined && "guild" in channel ? channel.guild.ownerId : undefined;
    },
    botName: () => client.user?.username ?? "",
    bot: () => ({ userId: client.user?.id ?? "", roleIds: ownRoleIds(client) }),
    latencyMs: () => (client.ws.ping < 0 ? undefined : client.ws.ping),
    isReady: () => client.isReady() && client.ws.shards.every((shard) => shard.status === Status.Ready),
    close: () => client.destroy(),
  };
}

/** The order of messages follows from their ids: one without can't be placed. */
const SNOWFLAKE = /^\d{1,19}$/;

/** Takes what Discord sends to the listener, as plain values. */
function hear(client: Client, listener: GatewayListener): void {
  client.on(Events.MessageCreate, (message: Message) => {
    if (SNOWFLAKE.test(message.id)) listener.onMessage(incomingMessage(message));
  });

  client.on(Events.MessageUpdate, (_old, message) => {
    // The preview of a link that Discord adds by itself leaves the time of the last edit as it is.
    const { editedTimestamp } = message;
    if (editedTimestamp === null || message.author.id === client.user?.id) return;
    listener.onEdit(incomingMessage(message), editedTimestamp);
  });

  // The raw READY comes before any message of its session; the events of discord.js come after some of them.
  client.on(Events.Raw, (packet: { t?: string; d?: unknown }) => {
    if (packet.t === GatewayDispatchEvents.Ready) listener.onNewSession();
    forgetStaleMember(client, packet);
    const deleted = deletedMessages(packet);
    if (deleted !== undefined) listener.onDelete(deleted.channelId, deleted.messageIds);
    const thread = deletedThread(packet);
    if (thread !== undefined) listener.onThreadDeleted(thread.threadId, thread.parentId);
  });
  client.on(Events.ShardReady, listener.onSessionReady);
  watchAppearances(client, listener);
  client.on(Events.TypingStart, (typing) => listener.onTyping(incomingTyping(typing)));

  client.on(Events.InteractionCreate, (raw) => {
    const interaction = incomingInteraction(raw);
    if (interaction !== undefined) listener.onInteraction(interaction);
  });
}

/** The role that Discord makes for the bot in each guild: on a phone it is easily picked in place of the bot. */
function ownRoleIds(client: Client): string[] {
  return [...client.guilds.cache.values()].flatMap((guild) =>
    guild.roles.cache.filter((role) => role.tags?.botId === client.user?.id).map((role) => role.id),
  );
}

function closeError(code: number): CoordError {
  switch (code) {
    case GatewayCloseCodes.AuthenticationFailed:
      return new CoordError("token_refused", TOKEN_REFUSED);
    case GatewayCloseCodes.DisallowedIntents:
      return new CoordError(
        "intent_missing",
        "Discord refuses the Message Content intent, without which the bot can't read what people ask. Open " +
          "https://discord.com/developers/applications, choose the application, Bot, Privileged Gateway Intents, " +
          "switch on Message Content Intent, save, and start again.",
      );
    default:
      return new CoordError(
        "discord_refused",
        `Discord closed the connection for good (close code ${code}).`,
      );
  }
}

function loginError(error: unknown, apiUrl: string): unknown {
  if (error instanceof CoordError) return error;
  const invalid = error instanceof DiscordjsError && error.code === "TokenInvalid";
  if (invalid || (error instanceof DiscordAPIError && error.status === 401)) {
    return new CoordError("token_refused", TOKEN_REFUSED, { cause: error });
  }
  if (error instanceof DiscordAPIError) {
    return new CoordError("discord_refused", `Discord refused the login: ${error.message}.`, {
      cause: error,
    });
  }
  if (error instanceof HTTPError || error instanceof Error) {
    return new CoordError(
      "discord_unreachable",
      `Discord can't be reached at ${apiUrl.replace(/\/\/[^/@]*@/, "//")} (${error.message}). Look at this machine's network and DNS, and at https://discordstatus.com.`,
      { cause: error },
    );
  }
  return error;
}

const TOKEN_REFUSED =
  "Discord does not accept the bot token. Make a new one at https://discord.com/developers/applications " +
  "(choose the application, Bot, Reset Token) and put it where the old one is: discord.token or " +
  "discord.token_file in the config, or the environment variable DISCORD_TOKEN.";

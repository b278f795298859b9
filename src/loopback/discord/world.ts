import type {
  APIApplicationCommand,
  APIAttachment,
  APIEmbed,
  APIGuildForumTag,
  APIMessageInteractionMetadata,
  APIMessageReference,
  APIMessageSnapshot,
  APIMessageTopLevelComponent,
  APIOverwrite,
  APIPartialEmoji,
  APIRole,
  APIUser,
  ChannelType,
  GatewayDispatchPayload,
  MessageType,
} from "discord-api-types/v10";
import type { StoredInteraction } from "./interaction-state.ts";
import { createSnowflakes } from "./snowflakes.ts";

/**
 * Something happened. `type` and `data` are as the gateway dispatches them; a session hears of it if its intents
 * cover the type and the bot may view `channelId`. `onlyFor`: the one person who sees an ephemeral message.
 */
export type Change = ChangeOf<GatewayDispatchPayload>;

type ChangeOf<P> = P extends { t: infer T; d: infer D }
  ? { readonly type: T; readonly data: D; readonly channelId?: string; readonly onlyFor?: string }
  : never;

/** A user as a member of the guild; times in ms since the epoch. */
export interface StoredMember {
  readonly userId: string;
  roleIds: string[];
  nick: string | null;
  readonly joinedAtMs: number;
  timedOutUntilMs: number | null;
}

/** What a thread has beyond other channels; times in ms since the epoch. */
export interface StoredThread {
  readonly ownerId: string;
  archived: boolean;
  archiveChangedAtMs: number;
  autoArchiveMinutes: number;
  locked: boolean;
  invitable: boolean;
  messageCount: number;
  totalMessageSent: number;
  appliedTags: string[];
  /** User id to the time of joining, ms. */
  readonly members: Map<string, number>;
}

/** A channel of any kind; `thread` is there for threads, `recipientId` for the other side of a DM. */
export interface StoredChannel {
  readonly id: string;
  readonly type: ChannelType;
  readonly inGuild: boolean;
  name: string;
  topic: string | null;
  parentId: string | null;
  position: number;
  nsfw: boolean;
  flags: number;
  rateLimitPerUser: number;
  readonly overwrites: Map<string, APIOverwrite>;
  lastMessageId: string | null;
  lastPinAtMs: number | null;
  availableTags: APIGuildForumTag[];
  readonly recipientId?: string;
  readonly thread?: StoredThread;
}

/** A message as the world keeps it; payloads are made of it for each reader. */
export interface StoredMessage {
  readonly id: string;
  readonly channelId: string;
  readonly type: MessageType;
  readonly authorId: string;
  /** The author of a webhook's message, who is no user of the guild. */
  readonly webhookAuthor?: APIUser;
  readonly webhookId?: string;
  readonly applicationId?: string;
  readonly interactionMetadata?: APIMessageInteractionMetadata;
  readonly reference?: APIMessageReference;
  /** What a forwarded message carried when it was forwarded. */
  readonly snapshot?: APIMessageSnapshot;
  readonly nonce?: string | number;
  /** An ephemeral message's one reader. */
  readonly onlyFor?: string;
  readonly position?: number;
  content: string;
  embeds: APIEmbed[];
  components: APIMessageTopLevelComponent[];
  attachments: APIAttachment[];
  flags: number;
  readonly tts: boolean;
  editedAtMs: number | null;
  pinnedAtMs: number | null;
  mentionsEveryone: boolean;
  mentionedUserIds: string[];
  mentionedRoleIds: string[];
  readonly reactions: Map<string, StoredReaction>;
}

/** An emoji on a message and who put it there, in order. */
export interface StoredReaction {
  readonly emoji: APIPartialEmoji;
  readonly userIds: Set<string>;
}

/** An attachment's bytes. */
export interface StoredFile {
  readonly bytes: Uint8Array;
  readonly contentType: string;
}

/** An incoming webhook. */
export interface StoredWebhook {
  readonly id: string;
  readonly token: string;
  channelId: string;
  name: string;
  readonly creatorId: string;
}

/** The whole state of the loopback Discord: one guild, its people, and one bot that logs in. */
export interface World {
  readonly now: () => number;
  readonly nextId: () => string;
  /** Without a slash at its end; the port stays the same over outages. */
  baseUrl: string;
  readonly token: string;
  readonly botId: string;
  readonly guildId: string;
  readonly guildName: string;
  ownerId: string;
  messageContentAllowed: boolean;
  readonly users: Map<string, APIUser>;
  readonly members: Map<string, StoredMember>;
  readonly bans: Set<string>;
  /** People who take no DMs from the bot. */
  readonly closedDms: Set<string>;
  readonly roles: Map<string, APIRole>;
  readonly channels: Map<string, StoredChannel>;
  /** By channel, each in order of age. */
  readonly messages: Map<string, Map<string, StoredMessage>>;
  readonly files: Map<string, StoredFile>;
  readonly webhooks: Map<string, StoredWebhook>;
  readonly commands: Map<string, APIApplicationCommand>;
  /** By token. */
  readonly interactions: Map<string, StoredInteraction>;
  readonly emit: (change: Change) => void;
  readonly onChange: (listener: (change: Change) => void) => () => void;
}

/** An empty world; `foundGuild` puts the guild, its owner and the bot into it. */
export function createWorld(options: {
  now: () => number;
  token: string;
  guildName: string;
  messageContentAllowed: boolean;
}): World {
  const nextId = createSnowflakes(options.now);
  const listeners = new Set<(change: Change) => void>();
  return {
    ...options,
    nextId,
    baseUrl: "",
    botId: nextId(),
    guildId: nextId(),
    ownerId: nextId(),
    users: new Map(),
    members: new Map(),
    bans: new Set(),
    closedDms: new Set(),
    roles: new Map(),
    channels: new Map(),
    messages: new Map(),
    files: new Map(),
    webhooks: new Map(),
    commands: new Map(),
    interactions: new Map(),
    emit: (change) => {
      for (const listener of [...listeners]) listener(change);
    },
    onChange: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

import { randomBytes } from "node:crypto";
import {
  type APIInteraction,
  type APIMessageInteractionMetadata,
  GatewayDispatchEvents,
  InteractionType,
  Locale,
  MessageFlags,
  MessageReferenceType,
  MessageType,
} from "discord-api-types/v10";
import { refusal } from "./api-error.ts";
import type { StoredInteraction } from "./interaction-state.ts";
import { channelOf } from "./lookups.ts";
import { createMessage, editMessage, type MessageDraft, type MessageEdit } from "./messages.ts";
import { channelPayload } from "./payloads/channel-payload.ts";
import { memberPayload, userPayload } from "./payloads/member-payload.ts";
import { messagePayload } from "./payloads/message-payload.ts";
import { permissionsOf } from "./permissions.ts";
import type { StoredMessage, World } from "./world.ts";

/** How long a bot has for its first answer. */
export const ACK_DEADLINE_MS = 3000;

/** How long an interaction's token is good for after that. */
export const TOKEN_LIFETIME_MS = 15 * 60_000;

/** What a person did. */
export interface InteractionDraft {
  readonly type: InteractionType;
  readonly userId: string;
  readonly channelId: string;
  readonly data: object;
  /** The message whose component or modal this is. */
  readonly source?: StoredMessage;
  /** The interaction whose modal this submits. */
  readonly triggeredBy?: StoredInteraction;
  /** What the bot is told in place of the truth. */
  readonly altered?: (told: APIInteraction) => APIInteraction;
}

/** A person acts: the bot is told by INTERACTION_CREATE. */
export function startInteraction(world: World, draft: InteractionDraft): StoredInteraction {
  const id = world.nextId();
  const token = randomBytes(32).toString("base64url");
  const truth = interactionPayload(world, id, token, draft);
  const data = draft.altered?.(truth) ?? truth;
  const interaction: StoredInteraction = {
    id,
    token,
    userId: draft.userId,
    channelId: draft.channelId,
    createdAtMs: world.now(),
    data,
    sourceMessageId: draft.source?.id,
    metadata: metadataOf(world, id, draft),
    answeredWith: undefined,
    originalMessageId: undefined,
    thinking: false,
    modal: undefined,
    choices: undefined,
    messageIds: [],
  };
  world.interactions.set(token, interaction);
  world.emit({ type: GatewayDispatchEvents.InteractionCreate, channelId: draft.channelId, data });
  return interaction;
}

/** True when no answer came in time: the person sees "The application did not respond". */
export function hasFailed(world: World, interaction: StoredInteraction): boolean {
  return interaction.answeredWith === undefined && world.now() - interaction.createdAtMs > ACK_DEADLINE_MS;
}

/** An interaction that may be written to through its token: answered, and not yet expired. */
export function writableInteraction(world: World, token: string): StoredInteraction {
  const interaction = world.interactions.get(token);
  if (interaction?.answeredWith === undefined) throw refusal("unknownWebhook");
  if (world.now() - interaction.createdAtMs > TOKEN_LIFETIME_MS) throw refusal("invalidWebhookToken");
  return interaction;
}

/** Sends a message that comes of an interaction; an ephemeral one is seen by who started it only. */
export function sendFromInteraction(
  world: World,
  interaction: StoredInteraction,
  parts: Omit<MessageDraft, "channelId" | "authorId">,
  replyTo: StoredMessage | undefined,
): StoredMessage {
  const isEphemeral = ((parts.flags ?? 0) & MessageFlags.Ephemeral) !== 0;
  const isReply = replyTo !== undefined && (replyTo.onlyFor === undefined || isEphemeral);
  const message = createMessage(world, {
    ...parts,
    channelId: interaction.channelId,
    authorId: world.botId,
    webhookId: world.botId,
    applicationId: world.botId,
    interactionMetadata:
      interaction.originalMessageId === undefined
        ? interaction.metadata
        : { ...interaction.metadata, original_response_message_id: interaction.originalMessageId },
    ...(isEphemeral ? { onlyFor: interaction.userId } : {}),
    ...(isReply
      ? {
          type: MessageType.Reply,
          reference: {
            type: MessageReferenceType.Default,
            channel_id: replyTo.channelId,
            message_id: replyTo.id,
            ...(channelOf(world, replyTo.channelId).inGuild ? { guild_id: world.guildId } : {}),
          },
        }
      : {}),
  });
  interaction.messageIds.push(message.id);
  return message;
}

/** Edits a message of an interaction; the first edit of a deferred one ends its "thinking". */
export function editFromInteraction(
  world: World,
  interaction: StoredInteraction,
  message: StoredMessage,
  edit: MessageEdit,
): StoredMessage {
  const isOriginal = message.id === interaction.originalMessageId;
  if (!isOriginal || !interaction.thinking) return editMessage(world, message, edit);
  interaction.thinking = false;
  return editMessage(world, message, {
    ...edit,
    flags: (edit.flags ?? message.flags) & ~MessageFlags.Loading,
  });
}

/** The type of the message that answers: commands have their own. */
export function answerType(interaction: StoredInteraction): MessageType {
  const { type, data } = interaction.data;
  if (type !== InteractionType.ApplicationCommand) return MessageType.Default;
  return data.type === 1 ? MessageType.ChatInputCommand : MessageType.ContextMenuCommand;
}

function interactionPayload(
  world: World,
  id: string,
  token: string,
  { type, userId, channelId, data, source }: InteractionDraft,
): APIInteraction {
  const channel = channelOf(world, channelId);
  const payload = {
    id,
    token,
    type,
    version: 1,
    application_id: world.botId,
    data,
    channel_id: channelId,
    channel: {
      ...channelPayload(world, channel),
      permissions: String(permissionsOf(world, userId, channel)),
    },
    app_permissions: String(permissionsOf(world, world.botId, channel)),
    locale: Locale.EnglishUS,
    entitlements: [],
    authorizing_integration_owners: { 0: channel.inGuild ? world.guildId : "0" },
    context: channel.inGuild ? 0 : 1,
    attachment_size_limit: 10 * 1024 * 1024,
    ...(channel.inGuild
      ? {
          guild_id: world.guildId,
          guild: { id: world.guildId, locale: Locale.EnglishUS, features: [] },
          guild_locale: Locale.EnglishUS,
          member: {
            ...memberPayload(world, userId),
            permissions: String(permissionsOf(world, userId, channel)),
          },
        }
      : { user: userPayload(world, userId) }),
    ...(source === undefined ? {} : { message: messagePayload(world, source) }),
  };
  return payload as unknown as APIInteraction;
}

function metadataOf(world: World, id: string, draft: InteractionDraft): APIMessageInteractionMetadata {
  const { type, userId, source, triggeredBy } = draft;
  const channel = channelOf(world, draft.channelId);
  const metadata = {
    id,
    type,
    user: userPayload(world, userId),
    authorizing_integration_owners: { 0: channel.inGuild ? world.guildId : "0" },
    ...(source === undefined || type !== InteractionType.MessageComponent
      ? {}
      : { interacted_message_id: source.id }),
    ...(triggeredBy === undefined ? {} : { triggering_interaction_metadata: triggeredBy.metadata }),
  };
  return metadata as unknown as APIMessageInteractionMetadata;
}

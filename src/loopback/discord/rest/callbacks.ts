import {
  type APIApplicationCommandOptionChoice,
  type APIModalInteractionResponseCallbackData,
  InteractionResponseType,
  InteractionType,
  MessageFlags,
} from "discord-api-types/v10";
import { ApiError, invalidForm, refusal } from "../api-error.ts";
import { callbackBody, choicesBody, modalBody } from "../callback-body.ts";
import { componentProblems } from "../component-rules.ts";
import { composeEdit, composeMessage } from "../compose.ts";
import type { StoredInteraction } from "../interaction-state.ts";
import { answerType, hasFailed, sendFromInteraction } from "../interactions.ts";
import { messageBody } from "../message-body.ts";
import { editMessage } from "../messages.ts";
import { messagePayload } from "../payloads/message-payload.ts";
import type { StoredMessage, World } from "../world.ts";
import { parseAs } from "./parse.ts";
import type { AddRoute, RestCall } from "./router.ts";

/** A bot's first answer to an interaction, due within three seconds and once only. */
export function addCallbackRoute(world: World, add: AddRoute): void {
  const serve = (call: RestCall) => {
    const interaction = world.interactions.get(call.param("interactionToken"));
    if (interaction === undefined || interaction.id !== call.param("interactionId")) {
      throw refusal("unknownInteraction");
    }
    if (interaction.answeredWith !== undefined) throw refusal("alreadyAcknowledged");
    if (hasFailed(world, interaction)) throw refusal("unknownInteraction");
    const { type } = parseAs(callbackBody, call.body);
    if (!ANSWERS[interaction.data.type]?.has(type)) throw wrongAnswer();
    const message = carryOut(world, interaction, type, call);
    interaction.answeredWith = type;
    return call.query.get("with_response") === "true"
      ? callbackResponse(world, interaction, type, message)
      : undefined;
  };
  add("POST", "/interactions/:interactionId/:interactionToken/callback", serve, { auth: "none" });
}

function carryOut(
  world: World,
  interaction: StoredInteraction,
  type: InteractionResponseType,
  { body, files }: RestCall,
): StoredMessage | undefined {
  const { data } = parseAs(callbackBody, body);
  const source = sourceOf(world, interaction);
  switch (type) {
    case InteractionResponseType.ChannelMessageWithSource: {
      const parts = composeMessage(
        world,
        interaction.channelId,
        atData(() => parseAs(messageBody, data)),
        files,
      );
      const message = sendFromInteraction(
        world,
        interaction,
        { type: answerType(interaction), ...parts },
        source,
      );
      interaction.originalMessageId = message.id;
      return message;
    }
    case InteractionResponseType.DeferredChannelMessageWithSource: {
      const asked = atData(() => parseAs(messageBody, data)).flags ?? 0;
      const flags = MessageFlags.Loading | (asked & (MessageFlags.Ephemeral | MessageFlags.IsComponentsV2));
      interaction.thinking = true;
      const message = sendFromInteraction(
        world,
        interaction,
        { type: answerType(interaction), flags },
        source,
      );
      interaction.originalMessageId = message.id;
      return message;
    }
    case InteractionResponseType.DeferredMessageUpdate:
    case InteractionResponseType.UpdateMessage: {
      if (source === undefined) throw wrongAnswer();
      interaction.originalMessageId = source.id;
      if (type === InteractionResponseType.DeferredMessageUpdate) return source;
      return editMessage(
        world,
        source,
        composeEdit(
          world,
          source,
          atData(() => parseAs(messageBody, data)),
          files,
        ),
      );
    }
    case InteractionResponseType.Modal: {
      const modal = atData(() => parseAs(modalBody, data));
      const problems = componentProblems(modal.components, true);
      if (problems.length > 0) throw invalidForm(problems.map(inData));
      interaction.modal = modal as unknown as APIModalInteractionResponseCallbackData;
      return undefined;
    }
    case InteractionResponseType.ApplicationCommandAutocompleteResult: {
      const { choices } = atData(() => parseAs(choicesBody, data));
      interaction.choices = choices as APIApplicationCommandOptionChoice[];
      return undefined;
    }
    default:
      throw wrongAnswer();
  }
}

/** Which answers each kind of interaction takes. */
const ANSWERS: Partial<Record<InteractionType, ReadonlySet<InteractionResponseType>>> = {
  [InteractionType.ApplicationCommand]: new Set([
    InteractionResponseType.ChannelMessageWithSource,
    InteractionResponseType.DeferredChannelMessageWithSource,
    InteractionResponseType.Modal,
  ]),
  [InteractionType.MessageComponent]: new Set([
    InteractionResponseType.ChannelMessageWithSource,
    InteractionResponseType.DeferredChannelMessageWithSource,
    InteractionResponseType.DeferredMessageUpdate,
    InteractionResponseType.UpdateMessage,
    InteractionResponseType.Modal,
  ]),
  [InteractionType.ModalSubmit]: new Set([
    InteractionResponseType.ChannelMessageWithSource,
    InteractionResponseType.DeferredChannelMessageWithSource,
    InteractionResponseType.DeferredMessageUpdate,
    InteractionResponseType.UpdateMessage,
  ]),
  [InteractionType.ApplicationCommandAutocomplete]: new Set([
    InteractionResponseType.ApplicationCommandAutocompleteResult,
  ]),
};

function sourceOf(
  world: World,
  { channelId, sourceMessageId }: StoredInteraction,
): StoredMessage | undefined {
  return sourceMessageId === undefined ? undefined : world.messages.get(channelId)?.get(sourceMessageId);
}

function wrongAnswer() {
  return invalidForm([
    {
      path: ["type"],
      code: "INTERACTION_APPLICATION_COMMAND_CALLBACK_TYPE_INVALID",
      message: "This callback type is invalid for this interaction",
    },
  ]);
}

function inData<P extends { path: readonly (string | number)[] }>(problem: P): P {
  return { ...problem, path: ["data", ...problem.path] };
}

/** Puts the problems of a message inside an answer where they are: under `data`. */
function atData<T>(parse: () => T): T {
  try {
    return parse();
  } catch (error) {
    if (error instanceof ApiError && error.errors !== undefined) {
      throw new ApiError(error.status, error.code, error.message, { data: error.errors });
    }
    throw error;
  }
}

function callbackResponse(
  world: World,
  interaction: StoredInteraction,
  type: InteractionResponseType,
  message: StoredMessage | undefined,
) {
  const isModal = type === InteractionResponseType.Modal;
  return {
    interaction: {
      id: interaction.id,
      type: interaction.data.type,
      channel_id: interaction.channelId,
      ...(interaction.data.guild_id === undefined ? {} : { guild_id: interaction.data.guild_id }),
      ...(message === undefined
        ? {}
        : {
            response_message_id: message.id,
            response_message_ephemeral: message.onlyFor !== undefined,
            response_message_loading: (message.flags & MessageFlags.Loading) !== 0,
          }),
    },
    ...(isModal
      ? {}
      : {
          resource: { type, ...(message === undefined ? {} : { message: messagePayload(world, message) }) },
        }),
  };
}

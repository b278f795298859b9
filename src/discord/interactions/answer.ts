import { type REST, Routes } from "discord.js";
import {
  type APIModalInteractionResponseCallbackData,
  InteractionResponseType,
  MessageFlags,
} from "discord-api-types/v10";
import { messagePayload, type OutgoingMessage, rawFiles } from "../channel/message-payload.ts";
import type { Choice } from "./handler.ts";
import type { IncomingInteraction } from "./incoming-interaction.ts";

/** How a handler answers the person. The first call in time acknowledges the interaction; later ones follow it up. */
export interface InteractionAnswer {
  /** Says something: to the person alone, or to the channel where the handler is declared so. */
  reply(message: OutgoingMessage): Promise<void>;
  /** Always to the person alone, also after other answers. */
  whisper(message: OutgoingMessage): Promise<void>;
  /** Changes the message whose button or menu was used; after a `reply`, changes that. */
  update(message: OutgoingMessage): Promise<void>;
  /** Opens a form. Discord takes it only as the first answer: when it is too late, the person is asked to try again. */
  form(form: APIModalInteractionResponseCallbackData): Promise<void>;
  suggest(choices: readonly Choice[]): Promise<void>;
}

export interface AcknowledgedAnswer extends InteractionAnswer {
  /** Acknowledges what no answer was given to; the handler is done. */
  finish(): Promise<void>;
}

export interface AnswerOptions {
  readonly rest: REST;
  readonly interaction: IncomingInteraction;
  readonly inChannel: boolean;
  /** Without an answer after so long, Discord is told that one will come: it waits no longer than 3 s. */
  readonly deferAfterMs: number;
  readonly onTrouble: (error: unknown) => void;
}

/** Answers one interaction in Discord's order of calls, whatever the order and time in which a handler speaks. */
export function createAnswer(options: AnswerOptions): AcknowledgedAnswer {
  const { rest, interaction } = options;
  const { id, applicationId, token, input } = interaction;
  const original = Routes.webhookMessage(applicationId, token, "@original");
  const onMessage =
    input.type === "button" ||
    input.type === "select" ||
    (input.type === "modal" && input.messageId !== undefined);
  const flags = options.inChannel ? 0 : MessageFlags.Ephemeral;
  let acknowledged: Promise<unknown> | undefined;
  // A command that was put off shows "thinking" until its first message takes that place.
  let thinking = false;

  const acknowledge = (type: InteractionResponseType, data?: object, message?: OutgoingMessage) => {
    clearTimeout(timer);
    const files = message === undefined ? [] : rawFiles(message);
    const body = data === undefined ? { type } : { type, data };
    acknowledged = rest.post(Routes.interactionCallback(id, token), { body, files, auth: false });
    return acknowledged;
  };
  const putOff = () => {
    if (input.type === "autocomplete") {
      return acknowledge(InteractionResponseType.ApplicationCommandAutocompleteResult, { choices: [] });
    }
    if (onMessage) return acknowledge(InteractionResponseType.DeferredMessageUpdate);
    thinking = true;
    return acknowledge(InteractionResponseType.DeferredChannelMessageWithSource, { flags });
  };
  const timer = setTimeout(() => putOff().catch(options.onTrouble), options.deferAfterMs);

  const say = async (message: OutgoingMessage, messageFlags: number) => {
    const body = messagePayload(message);
    const data = { ...body, flags: (body.flags ?? 0) | messageFlags };
    if (acknowledged === undefined) {
      await acknowledge(InteractionResponseType.ChannelMessageWithSource, data, message);
      return;
    }
    await acknowledged;
    const files = rawFiles(message);
    if (thinking) {
      thinking = false;
      await rest.patch(original, { body, files, auth: false });
    } else {
      await rest.post(Routes.webhook(applicationId, token), { body: data, files, auth: false });
    }
  };

  return {
    reply: (message) => say(message, flags),
    whisper: (message) => say(message, MessageFlags.Ephemeral),
    update: async (message) => {
      const body = messagePayload(message);
      if (acknowledged === undefined && onMessage) {
        await acknowledge(InteractionResponseType.UpdateMessage, body, message);
        return;
      }
      if (acknowledged === undefined) return say(message, flags);
      await acknowledged;
      thinking = false;
      await rest.patch(original, { body, files: rawFiles(message), auth: false });
    },
    form: async (form) => {
      if (acknowledged === undefined) await acknowledge(InteractionResponseType.Modal, form);
      else
        await say({ content: "That took me too long. Please press it once more." }, MessageFlags.Ephemeral);
    },
    suggest: async (choices) => {
      if (acknowledged !== undefined) return;
      const data = { choices: choices.slice(0, MAX_CHOICES) };
      await acknowledge(InteractionResponseType.ApplicationCommandAutocompleteResult, data);
    },
    finish: async () => {
      if (acknowledged === undefined && !onMessage && input.type !== "autocomplete") {
        await say({ content: "Done." }, flags);
      } else if (acknowledged === undefined) await putOff();
      else if (thinking) await say({ content: "Done." }, flags);
    },
  };
}

const MAX_CHOICES = 25;

import {
  type APIApplicationCommandOptionChoice,
  type APIMessage,
  type APIModalInteractionResponseCallbackData,
  ComponentType,
  InteractionType,
  MessageFlags,
} from "discord-api-types/v10";
import { type AnyComponent, allComponents } from "../component-rules.ts";
import type { StoredInteraction } from "../interaction-state.ts";
import { hasFailed, startInteraction } from "../interactions.ts";
import { messagePayload } from "../payloads/message-payload.ts";
import type { Until } from "../until.ts";
import type { World } from "../world.ts";

/** What a person began by a command, a click or a submit, and what has come of it so far. */
export interface PersonInteraction {
  readonly id: string;
  /** `failed`: no answer came within three seconds, "The application did not respond". */
  readonly status: "waiting" | "answered" | "failed";
  /** The form that the bot opened, if it did. */
  readonly modal: APIModalInteractionResponseCallbackData | undefined;
  /** The messages that came of it and still stand, ephemeral ones too, oldest first. */
  replies(): APIMessage[];
  /** Resolves at the bot's first answer of any kind; rejects when it comes too late. */
  answered(options?: { timeoutMs?: number }): Promise<PersonInteraction>;
  /** Its messages as soon as there is one that is not "thinking" any more, or as soon as `done` says so. */
  waitsForReply(options?: {
    timeoutMs?: number;
    done?: (messages: APIMessage[]) => boolean;
  }): Promise<APIMessage[]>;
  /** Fills in the form, by custom_id, and sends it; what is required must be there. */
  submits(values: Readonly<Record<string, string | readonly string[]>>): Promise<PersonInteraction>;
}

/** The person's view of an interaction that has been started. */
export function createPersonInteraction(
  world: World,
  until: Until,
  interaction: StoredInteraction,
): PersonInteraction {
  const status = () => {
    if (interaction.answeredWith !== undefined) return "answered";
    return hasFailed(world, interaction) ? "failed" : "waiting";
  };
  const replies = () =>
    interaction.messageIds.flatMap((id) => {
      const message = world.messages.get(interaction.channelId)?.get(id);
      return message === undefined ? [] : [messagePayload(world, message, interaction.userId)];
    });
  const handle: PersonInteraction = {
    id: interaction.id,
    get status() {
      return status();
    },
    get modal() {
      return interaction.modal;
    },
    replies,
    answered: async ({ timeoutMs = 5000 } = {}) => {
      await until(() => status() !== "waiting", {
        timeoutMs,
        describe: "the bot's answer to an interaction",
      });
      if (status() === "failed") throw new Error("The application did not respond");
      return handle;
    },
    waitsForReply: ({ timeoutMs = 5000, done = isSaid } = {}) =>
      until(
        () => {
          if (status() === "failed") throw new Error("The application did not respond");
          return done(replies()) ? replies() : undefined;
        },
        { timeoutMs, describe: "the bot's reply to an interaction" },
      ),
    submits: async (values) => {
      const { modal } = interaction;
      if (modal === undefined) throw new Error("There is no form to submit: the bot opened none.");
      const source =
        interaction.sourceMessageId === undefined
          ? undefined
          : world.messages.get(interaction.channelId)?.get(interaction.sourceMessageId);
      const submitted = startInteraction(world, {
        type: InteractionType.ModalSubmit,
        userId: interaction.userId,
        channelId: interaction.channelId,
        data: { custom_id: modal.custom_id, components: filledIn(modal, values) },
        triggeredBy: interaction,
        ...(source === undefined ? {} : { source }),
      });
      return createPersonInteraction(world, until, submitted);
    },
  };
  return handle;
}

/** Waits for the choices that the bot suggests while a person types. */
export async function suggestedChoices(
  world: World,
  until: Until,
  interaction: StoredInteraction,
): Promise<APIApplicationCommandOptionChoice[]> {
  const settled = () => interaction.choices ?? (hasFailed(world, interaction) ? [] : undefined);
  return until(settled, { describe: "the bot's suggestions" });
}

function isSaid(messages: readonly APIMessage[]): boolean {
  return messages.some((message) => ((message.flags ?? 0) & MessageFlags.Loading) === 0);
}

/** The form's components as they are sent back: each field with its value, labels around them, no text displays. */
function filledIn(
  modal: APIModalInteractionResponseCallbackData,
  values: Readonly<Record<string, string | readonly string[]>>,
): object[] {
  const components = modal.components as unknown as readonly Field[];
  const known = allComponents(components).flatMap(({ component }) => component.custom_id ?? []);
  for (const customId of Object.keys(values)) {
    if (!known.includes(customId)) {
      throw new Error(`The form has no field "${customId}"; it has: ${known.join(", ")}.`);
    }
  }
  return components.map((component, index) => {
    const { type, id = index + 1 } = component;
    if (component.component !== undefined)
      return { type, id, component: filledField(component.component, values) };
    const inner = (component.components ?? []).map((field) => filledField(field, values));
    return type === ComponentType.ActionRow ? { type, id, components: inner } : { type, id };
  });
}

interface Field extends AnyComponent {
  readonly components?: readonly Field[];
  readonly component?: Field;
  readonly required?: boolean;
  readonly value?: string;
  readonly min_length?: number;
  readonly max_length?: number;
}

function filledField(field: Field, values: Readonly<Record<string, string | readonly string[]>>): object {
  const { type, id = 0, custom_id = "", required = true } = field;
  const given = values[custom_id];
  const isText = type === ComponentType.TextInput;
  const value = given ?? field.value ?? "";
  if (required && value.length === 0) throw new Error(`The field "${custom_id}" is required.`);
  if (!isText)
    return { type, id, custom_id, values: typeof value === "string" ? [value].filter(Boolean) : value };
  if (typeof value !== "string") throw new Error(`The field "${custom_id}" takes text.`);
  if (value.length > (field.max_length ?? 4000) || (value !== "" && value.length < (field.min_length ?? 0))) {
    throw new Error(`The field "${custom_id}" does not take a text of ${value.length} characters.`);
  }
  return { type, id, custom_id, value };
}

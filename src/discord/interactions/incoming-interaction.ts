import { GuildMember, type Interaction, type Message } from "discord.js";
import type { Actor } from "../../core/access/access.ts";
import type { Snowflake } from "../../core/projects/project.ts";
import { actorOf } from "../gateway/actor.ts";

/** What a person did with a command, a button, a menu or a form, as a plain value. */
export interface IncomingInteraction {
  readonly id: Snowflake;
  readonly applicationId: Snowflake;
  /** With it the interaction can be answered for 15 minutes; a secret. */
  readonly token: string;
  readonly actor: Actor;
  readonly actorName: string;
  readonly channelId: Snowflake;
  /** The channel that a thread belongs to. */
  readonly parentChannelId: Snowflake | undefined;
  readonly guildId: Snowflake | undefined;
  readonly input: InteractionInput;
}

export type InteractionInput =
  | { readonly type: "command"; readonly name: string; readonly options: CommandOptions }
  | { readonly type: "message_command"; readonly name: string; readonly message: PointedMessage }
  | {
      readonly type: "autocomplete";
      readonly name: string;
      readonly options: CommandOptions;
      /** The option that is being typed, and what stands in it so far. */
      readonly focused: { readonly name: string; readonly typed: string };
    }
  | { readonly type: "button"; readonly customId: string; readonly messageId: Snowflake }
  | {
      readonly type: "select";
      readonly customId: string;
      readonly values: readonly string[];
      readonly messageId: Snowflake;
    }
  | {
      readonly type: "modal";
      readonly customId: string;
      /** What was typed, by the fields' custom_id. */
      readonly fields: Readonly<Record<string, string>>;
      /** The message whose button opened the form. */
      readonly messageId: Snowflake | undefined;
    };

export type CommandOptions = Readonly<Record<string, string | number | boolean>>;

/** The message on which somebody used the context menu. */
export interface PointedMessage {
  readonly id: Snowflake;
  readonly channelId: Snowflake;
  readonly authorName: string;
  readonly content: string;
}

/** Undefined for kinds that we register none of, and where Discord names no channel. */
export function incomingInteraction(interaction: Interaction): IncomingInteraction | undefined {
  const input = inputOf(interaction);
  const { channel, channelId, member, user } = interaction;
  if (input === undefined || channelId === null) return undefined;
  const known = member instanceof GuildMember ? member : null;
  return {
    id: interaction.id,
    applicationId: interaction.applicationId,
    token: interaction.token,
    actor: actorOf(user, known, null),
    actorName: known?.displayName ?? user.displayName,
    channelId,
    parentChannelId: channel?.isThread() ? (channel.parentId ?? undefined) : undefined,
    guildId: interaction.guildId ?? undefined,
    input,
  };
}

function inputOf(interaction: Interaction): InteractionInput | undefined {
  if (interaction.isChatInputCommand()) {
    return { type: "command", name: interaction.commandName, options: optionsOf(interaction.options.data) };
  }
  if (interaction.isMessageContextMenuCommand()) {
    return {
      type: "message_command",
      name: interaction.commandName,
      message: pointedMessage(interaction.targetMessage),
    };
  }
  if (interaction.isAutocomplete()) {
    const { name, value } = interaction.options.getFocused(true);
    const options = optionsOf(interaction.options.data);
    return { type: "autocomplete", name: interaction.commandName, options, focused: { name, typed: value } };
  }
  if (interaction.isButton()) {
    return { type: "button", customId: interaction.customId, messageId: interaction.message.id };
  }
  if (interaction.isStringSelectMenu()) {
    const { customId, values, message } = interaction;
    return { type: "select", customId, values, messageId: message.id };
  }
  if (interaction.isModalSubmit()) {
    const fields = interaction.fields.fields.map((field) =>
      "value" in field ? [field.customId, field.value] : [],
    );
    return {
      type: "modal",
      customId: interaction.customId,
      fields: Object.fromEntries(fields.filter((field) => field.length > 0)),
      messageId: interaction.message?.id,
    };
  }
  return undefined;
}

function optionsOf(
  data: readonly { readonly name: string; readonly value?: string | number | boolean | undefined }[],
): CommandOptions {
  return Object.fromEntries(data.flatMap(({ name, value }) => (value === undefined ? [] : [[name, value]])));
}

function pointedMessage(message: Message): PointedMessage {
  const { id, channelId, content, author, member } = message;
  return { id, channelId, content, authorName: member?.displayName ?? author.displayName };
}

import {
  type APIActionRowComponent,
  type APIButtonComponentWithCustomId,
  type APIComponentInMessageActionRow,
  type APIModalInteractionResponseCallbackData,
  ButtonStyle,
  ComponentType,
  TextInputStyle,
} from "discord-api-types/v10";

/** At most so long may a button's label be. */
export const LABEL_LIMIT = 80;

/** Buttons or one menu beside each other; at most five buttons. */
export function row(
  ...components: APIComponentInMessageActionRow[]
): APIActionRowComponent<APIComponentInMessageActionRow> {
  return { type: ComponentType.ActionRow, components };
}

export type ButtonColor = "grey" | "green" | "red" | "blue";

export function button(
  customId: string,
  label: string,
  options: { color?: ButtonColor; disabled?: boolean } = {},
): APIButtonComponentWithCustomId {
  return {
    type: ComponentType.Button,
    custom_id: customId,
    label,
    style: STYLES[options.color ?? "grey"],
    disabled: options.disabled ?? false,
  };
}

const STYLES = {
  grey: ButtonStyle.Secondary,
  green: ButtonStyle.Success,
  red: ButtonStyle.Danger,
  blue: ButtonStyle.Primary,
} as const;

/** A form with one field for text, found again under `text`. */
export function textForm(options: {
  customId: string;
  title: string;
  label: string;
  maxLength: number;
}): APIModalInteractionResponseCallbackData {
  const { customId, title, label, maxLength } = options;
  const field = {
    type: ComponentType.TextInput,
    custom_id: "text",
    label,
    style: TextInputStyle.Paragraph,
    required: true,
    max_length: maxLength,
  } as const;
  return {
    custom_id: customId,
    title,
    components: [{ type: ComponentType.ActionRow, components: [field] }],
  };
}

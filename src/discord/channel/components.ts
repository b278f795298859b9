import {
  type APIActionRowComponent,
  type APIButtonComponentWithCustomId,
  type APIComponentInMessageActionRow,
  type APIModalInteractionResponseCallbackComponent,
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
  return form(customId, title, [{ id: "text", label, maxLength, isLong: true }]);
}

/** One line, or several, that a person types in a form; found again under `id`. */
export interface FormField {
  readonly id: string;
  readonly label: string;
  readonly maxLength: number;
  /** What stands in it at first. */
  readonly value?: string;
  readonly isOptional?: boolean;
  readonly isLong?: boolean;
}

/** At most five fields. */
export function form(
  customId: string,
  title: string,
  fields: readonly FormField[],
): APIModalInteractionResponseCallbackData {
  const components = fields.map(({ id, label, maxLength, value, isOptional, isLong }) => {
    const field = {
      type: ComponentType.TextInput,
      custom_id: id,
      label,
      style: isLong ? TextInputStyle.Paragraph : TextInputStyle.Short,
      required: !isOptional,
      max_length: maxLength,
      ...(value === undefined ? {} : { value }),
    } as const;
    const inRow: APIModalInteractionResponseCallbackComponent = {
      type: ComponentType.ActionRow,
      components: [field],
    };
    return inRow;
  });
  return { custom_id: customId, title, components };
}

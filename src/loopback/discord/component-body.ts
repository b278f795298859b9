import { ButtonStyle, ComponentType } from "discord-api-types/v10";
import { z } from "zod";

/*
 * What a message may carry as components, with Discord's limits. Shapes are open: what Discord adds to them later
 * comes through to people unchanged.
 */

const customId = z.string().min(1).max(100);
const emoji = z.looseObject({ id: z.string().nullish(), name: z.string().nullish() });
const media = z.looseObject({ url: z.string().min(1).max(2048) });
const id = z.number().int().min(0).optional();

const button = z
  .looseObject({
    type: z.literal(ComponentType.Button),
    id,
    style: z.enum(ButtonStyle),
    label: z.string().max(80).nullish(),
    emoji: emoji.nullish(),
    custom_id: customId.optional(),
    url: z.string().max(512).optional(),
    disabled: z.boolean().optional(),
  })
  .superRefine((value, context) => {
    const refuse = (field: string, message: string, code: string) =>
      context.addIssue({ code: "custom", path: [field], message, params: { code } });
    if (value.style === ButtonStyle.Premium) return;
    if (value.style === ButtonStyle.Link) {
      if (value.url === undefined) refuse("url", "A url is required", "BUTTON_COMPONENT_URL_REQUIRED");
      if (value.custom_id !== undefined) {
        refuse(
          "custom_id",
          "A custom id and url cannot both be specified",
          "BUTTON_COMPONENT_CUSTOM_ID_URL_EXCLUSIVE",
        );
      }
    } else {
      if (value.custom_id === undefined) {
        refuse("custom_id", "A custom id is required", "BUTTON_COMPONENT_CUSTOM_ID_REQUIRED");
      }
      if (value.url !== undefined)
        refuse("url", "Only link buttons have a url", "BUTTON_COMPONENT_URL_NOT_ALLOWED");
    }
    if (!value.label && !value.emoji) {
      refuse("label", "A button needs a label or an emoji", "BUTTON_COMPONENT_LABEL_OR_EMOJI_REQUIRED");
    }
  });

const selectFields = {
  id,
  custom_id: customId,
  placeholder: z.string().max(150).nullish(),
  min_values: z.number().int().min(0).max(25).default(1),
  max_values: z.number().int().min(1).max(25).default(1),
  disabled: z.boolean().default(false),
};

const selectOption = z.looseObject({
  label: z.string().min(1).max(100),
  value: z.string().min(1).max(100),
  description: z.string().max(100).nullish(),
  emoji: emoji.nullish(),
  default: z.boolean().optional(),
});

/** A select menu whose options the bot lists. */
export const stringSelect = z
  .looseObject({
    type: z.literal(ComponentType.StringSelect),
    ...selectFields,
    options: z.array(selectOption).min(1).max(25),
  })
  .superRefine((value, context) => {
    const seen = new Set<string>();
    value.options.forEach((option, index) => {
      if (seen.has(option.value)) {
        context.addIssue({
          code: "custom",
          path: ["options", index, "value"],
          message: "The specified option value is already used",
          params: { code: "SELECT_COMPONENT_OPTION_VALUE_DUPLICATED" },
        });
      }
      seen.add(option.value);
    });
  });

const entitySelect = (type: ComponentType) => z.looseObject({ type: z.literal(type), ...selectFields });

/** Select menus of users, roles, both, and channels. */
export const entitySelects = [
  entitySelect(ComponentType.UserSelect),
  entitySelect(ComponentType.RoleSelect),
  entitySelect(ComponentType.MentionableSelect),
  entitySelect(ComponentType.ChannelSelect),
] as const;

const rowChild = z.discriminatedUnion("type", [button, stringSelect, ...entitySelects]);

const actionRow = z
  .looseObject({ type: z.literal(ComponentType.ActionRow), id, components: z.array(rowChild).min(1).max(5) })
  .superRefine((row, context) => {
    const selects = row.components.filter((component) => component.type !== ComponentType.Button);
    if (selects.length === 0 || row.components.length === 1) return;
    context.addIssue({
      code: "custom",
      path: ["components"],
      message: "The specified component exceeds the maximum width",
      params: { code: "COMPONENT_LAYOUT_WIDTH_EXCEEDED" },
    });
  });

/** A text of components V2. */
export const textDisplay = z.looseObject({
  type: z.literal(ComponentType.TextDisplay),
  id,
  content: z.string().min(1).max(4000),
});
const thumbnail = z.looseObject({ type: z.literal(ComponentType.Thumbnail), id, media });
const section = z.looseObject({
  type: z.literal(ComponentType.Section),
  id,
  components: z.array(textDisplay).min(1).max(3),
  accessory: z.discriminatedUnion("type", [button, thumbnail]),
});
const mediaGallery = z.looseObject({
  type: z.literal(ComponentType.MediaGallery),
  id,
  items: z.array(z.looseObject({ media })).min(1).max(10),
});
const file = z.looseObject({ type: z.literal(ComponentType.File), id, file: media });
const separator = z.looseObject({ type: z.literal(ComponentType.Separator), id });
const container = z.looseObject({
  type: z.literal(ComponentType.Container),
  id,
  accent_color: z.number().int().min(0).max(0xffffff).nullable().default(null),
  spoiler: z.boolean().default(false),
  components: z
    .array(z.discriminatedUnion("type", [actionRow, textDisplay, section, mediaGallery, separator, file]))
    .min(1)
    .max(40),
});

const topLevel = z.discriminatedUnion("type", [
  actionRow,
  textDisplay,
  section,
  mediaGallery,
  separator,
  file,
  container,
]);

/** A message's top-level components; what a message may not mix is `checkComponents`'s matter. */
export const componentsBody = z.array(topLevel).max(40);

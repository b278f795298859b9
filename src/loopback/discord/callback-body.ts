import { ComponentType, InteractionResponseType, TextInputStyle } from "discord-api-types/v10";
import { z } from "zod";
import { entitySelects, stringSelect, textDisplay } from "./component-body.ts";

/** What any answer to an interaction has; `data` is read by its type. */
export const callbackBody = z.object({
  type: z.enum(InteractionResponseType),
  data: z.unknown().optional(),
});

const textInput = z.looseObject({
  type: z.literal(ComponentType.TextInput),
  id: z.number().int().min(0).optional(),
  custom_id: z.string().min(1).max(100),
  style: z.enum(TextInputStyle),
  label: z.string().max(45).nullish(),
  min_length: z.number().int().min(0).max(4000).optional(),
  max_length: z.number().int().min(1).max(4000).optional(),
  required: z.boolean().optional(),
  value: z.string().max(4000).nullish(),
  placeholder: z.string().max(100).nullish(),
});

const modalRow = z.looseObject({
  type: z.literal(ComponentType.ActionRow),
  components: z.array(textInput.extend({ label: z.string().min(1).max(45) })).length(1),
});

/** Newer fields, of which nothing more is known here than that they have an id. */
const otherInput = (type: ComponentType) =>
  z.looseObject({ type: z.literal(type), custom_id: z.string().min(1).max(100) });

const modalLabel = z.looseObject({
  type: z.literal(ComponentType.Label),
  label: z.string().min(1).max(45),
  description: z.string().max(100).nullish(),
  component: z.discriminatedUnion("type", [
    textInput,
    stringSelect,
    ...entitySelects,
    otherInput(ComponentType.FileUpload),
    otherInput(ComponentType.RadioGroup),
    otherInput(ComponentType.CheckboxGroup),
    otherInput(ComponentType.Checkbox),
  ]),
});

/** A form, with classic rows or with labels. */
export const modalBody = z.looseObject({
  custom_id: z.string().min(1).max(100),
  title: z.string().min(1).max(45),
  components: z
    .array(z.discriminatedUnion("type", [modalRow, modalLabel, textDisplay]))
    .min(1)
    .max(5),
});

/** What autocomplete suggests. */
export const choicesBody = z.object({
  choices: z
    .array(
      z.looseObject({
        name: z.string().min(1).max(100),
        value: z.union([z.string().max(100), z.number()]),
      }),
    )
    .max(25),
});

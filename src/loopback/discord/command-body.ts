import { ApplicationCommandOptionType, ApplicationCommandType } from "discord-api-types/v10";
import { z } from "zod";

/** Discord's own pattern for names of chat input commands and their options; letters must be small ones. */
const CHAT_INPUT_NAME = /^[-_'\p{L}\p{N}\p{sc=Deva}\p{sc=Thai}]{1,32}$/u;

const chatInputName = z
  .string()
  .min(1)
  .max(32)
  .superRefine((name, context) => {
    if (CHAT_INPUT_NAME.test(name) && name === name.toLowerCase()) return;
    context.addIssue({
      code: "custom",
      message: "Command name is invalid",
      params: { code: "APPLICATION_COMMAND_INVALID_NAME" },
    });
  });

const choice = z.looseObject({
  name: z.string().min(1).max(100),
  value: z.union([z.string().max(100), z.number()]),
});

/** An option, which may be a subcommand with options of its own, two levels deep. */
export interface CommandOption {
  readonly type: ApplicationCommandOptionType;
  readonly name: string;
  readonly description: string;
  readonly required?: boolean | undefined;
  readonly autocomplete?: boolean | undefined;
  readonly choices?: readonly { name: string; value: string | number }[] | null | undefined;
  readonly options?: readonly CommandOption[] | null | undefined;
  readonly min_value?: number | null | undefined;
  readonly max_value?: number | null | undefined;
  readonly min_length?: number | null | undefined;
  readonly max_length?: number | null | undefined;
}

const option: z.ZodType<CommandOption> = z.lazy(() =>
  z
    .looseObject({
      type: z.enum(ApplicationCommandOptionType),
      name: chatInputName,
      description: z.string().min(1).max(100),
      required: z.boolean().optional(),
      autocomplete: z.boolean().optional(),
      choices: z.array(choice).max(25).nullish(),
      options: options.nullish(),
      min_value: z.number().nullish(),
      max_value: z.number().nullish(),
      min_length: z.number().nullish(),
      max_length: z.number().nullish(),
    })
    .superRefine((value, context) => {
      if (value.autocomplete !== true || (value.choices ?? []).length === 0) return;
      context.addIssue({
        code: "custom",
        path: ["autocomplete"],
        message: "Autocomplete and choices are mutually exclusive",
        params: { code: "APPLICATION_COMMAND_OPTIONS_AUTOCOMPLETE_CHOICES_EXCLUSIVE" },
      });
    }),
);

const options = z
  .array(option)
  .max(25)
  .superRefine((list, context) => {
    const seen = new Set<string>();
    let optionalCame = false;
    list.forEach((one, index) => {
      if (seen.has(one.name)) {
        context.addIssue({
          code: "custom",
          path: [index, "name"],
          message: "Option name must be unique",
          params: { code: "APPLICATION_COMMAND_OPTIONS_NAME_ALREADY_EXISTS" },
        });
      }
      if (one.required === true && optionalCame) {
        context.addIssue({
          code: "custom",
          path: [index],
          message: "Required options must be placed before non-required options",
          params: { code: "APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID" },
        });
      }
      seen.add(one.name);
      optionalCame ||= one.required !== true;
    });
  });

const common = {
  default_member_permissions: z.union([z.string(), z.number()]).transform(String).nullish(),
  dm_permission: z.boolean().nullish(),
  contexts: z.array(z.number()).nullish(),
  integration_types: z.array(z.number()).nullish(),
  nsfw: z.boolean().nullish(),
  name_localizations: z.record(z.string(), z.string()).nullish(),
  description_localizations: z.record(z.string(), z.string()).nullish(),
};

const chatInput = z.object({
  ...common,
  type: z.literal(ApplicationCommandType.ChatInput).default(ApplicationCommandType.ChatInput),
  name: chatInputName,
  description: z.string().min(1).max(100),
  options: options.nullish(),
});

const contextMenu = z.object({
  ...common,
  type: z.union([z.literal(ApplicationCommandType.User), z.literal(ApplicationCommandType.Message)]),
  name: z.string().min(1).max(32),
  description: z.literal("").default(""),
});

/** One application command; without a type it is a chat input command. */
export const commandBody = {
  of: (body: unknown) => {
    const { type } = z.looseObject({ type: z.number().optional() }).catch({}).parse(body);
    return (type ?? ApplicationCommandType.ChatInput) === ApplicationCommandType.ChatInput
      ? chatInput
      : contextMenu;
  },
};

/** A command's body once it has been checked. */
export type CommandBody = z.infer<typeof chatInput> | z.infer<typeof contextMenu>;

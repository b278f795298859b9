import { AllowedMentionsTypes } from "discord-api-types/v10";
import { z } from "zod";
import { componentsBody } from "./component-body.ts";
import { embedsBody } from "./embed-body.ts";

/** What a message can be made of, wherever it is sent: to a channel, by a webhook, as an interaction's reply. */
export const messageBody = z.object({
  content: z.string().max(2000).nullish(),
  embeds: embedsBody.nullish(),
  components: componentsBody.nullish(),
  flags: z.number().int().min(0).nullish(),
  tts: z.boolean().nullish(),
  allowed_mentions: z
    .object({
      parse: z.array(z.enum(AllowedMentionsTypes)).nullish(),
      users: z.array(z.string()).max(100).nullish(),
      roles: z.array(z.string()).max(100).nullish(),
      replied_user: z.boolean().nullish(),
    })
    .superRefine((allowed, context) => {
      const listed = {
        [AllowedMentionsTypes.User]: allowed.users,
        [AllowedMentionsTypes.Role]: allowed.roles,
        [AllowedMentionsTypes.Everyone]: undefined,
      };
      for (const type of allowed.parse ?? []) {
        if ((listed[type]?.length ?? 0) > 0) {
          context.addIssue({
            code: "custom",
            path: ["parse"],
            message: `parse:["${type}"] and ${type}: [ids...] are mutually exclusive.`,
            params: { code: "MESSAGE_ALLOWED_MENTIONS_PARSE_EXCLUSIVE" },
          });
        }
      }
    })
    .nullish(),
  attachments: z
    .array(
      z.looseObject({
        id: z.union([z.string(), z.number()]),
        filename: z.string().optional(),
        description: z.string().max(1024).nullish(),
      }),
    )
    .max(10)
    .nullish(),
});

/** A message's body once it has been checked. */
export type MessageBody = z.infer<typeof messageBody>;

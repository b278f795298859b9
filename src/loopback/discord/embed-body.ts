import { z } from "zod";

/** An embed as a bot may send it, with Discord's limits; `type` is always `rich`. */
const embed = z
  .looseObject({
    title: z.string().max(256).nullish(),
    description: z.string().max(4096).nullish(),
    url: z.string().nullish(),
    timestamp: z.string().nullish(),
    color: z.number().int().min(0).max(0xffffff).nullish(),
    footer: z.looseObject({ text: z.string().min(1).max(2048) }).nullish(),
    author: z.looseObject({ name: z.string().min(1).max(256) }).nullish(),
    image: z.looseObject({ url: z.string().min(1) }).nullish(),
    thumbnail: z.looseObject({ url: z.string().min(1) }).nullish(),
    fields: z
      .array(
        z.looseObject({
          name: z.string().min(1).max(256),
          value: z.string().min(1).max(1024),
          inline: z.boolean().default(false),
        }),
      )
      .max(25)
      .nullish(),
  })
  .transform((value) => ({
    ...Object.fromEntries(Object.entries(value).filter(([, part]) => part !== null)),
    type: "rich",
  }));

/** A message's embeds: ten at most, with 6000 characters at most in all of them. */
export const embedsBody = z
  .array(embed)
  .max(10)
  .superRefine((embeds, context) => {
    const total = embeds.reduce((sum, one) => sum + embedLength(one), 0);
    if (total > TOTAL_LIMIT) {
      context.addIssue({
        code: "custom",
        message: `Embed size exceeds maximum size of ${TOTAL_LIMIT}`,
        params: { code: "MAX_EMBED_SIZE_EXCEEDED" },
      });
    }
  });

const TOTAL_LIMIT = 6000;

/** What counts towards the total: titles, descriptions, fields, the footer's text and the author's name. */
function embedLength(value: Record<string, unknown>): number {
  const { title, description, fields, footer, author } = countedShape.parse(value);
  const inFields = (fields ?? []).reduce((sum, field) => sum + field.name.length + field.value.length, 0);
  return (
    (title?.length ?? 0) +
    (description?.length ?? 0) +
    (footer?.text.length ?? 0) +
    (author?.name.length ?? 0) +
    inFields
  );
}

const countedShape = z.object({
  title: z.string().optional(),
  description: z.string().optional(),
  footer: z.object({ text: z.string() }).optional(),
  author: z.object({ name: z.string() }).optional(),
  fields: z.array(z.object({ name: z.string(), value: z.string() })).optional(),
});

import { z } from "zod";

/** One block of a message; only the fields that scripts look at are known, the others are kept. */
const block = z.looseObject({
  type: z.string(),
  text: z.string().optional(),
  tool_use_id: z.string().optional(),
  content: z.union([z.string(), z.array(z.looseObject({ text: z.string().optional() }))]).optional(),
  is_error: z.boolean().optional(),
});

const message = z.object({
  role: z.enum(["user", "assistant", "system"]),
  content: z.union([z.string(), z.array(block)]),
});

export type MessageParam = z.infer<typeof message>;

/** The body of POST /v1/messages, as far as a scripted model reads it. */
export const requestBody = z.looseObject({
  model: z.string(),
  messages: z.array(message),
  system: z.union([z.string(), z.array(block)]).default([]),
  tools: z.array(z.looseObject({ name: z.string() })).default([]),
  stream: z.boolean().default(false),
  metadata: z.looseObject({ user_id: z.string().optional() }).default({}),
});

export type RequestBody = z.infer<typeof requestBody>;

import { OverwriteType } from "discord-api-types/v10";
import { z } from "zod";

/** A thread's name, 1 to 100 characters. */
export const threadName = z.string().min(1).max(100);

/** An hour, a day, three days or a week. */
export const autoArchiveMinutes = z.literal([60, 1440, 4320, 10_080]);

/** Permission bits come as text or number. */
const permissionBits = z.union([z.string().regex(/^\d+$/), z.number().int()]).transform(String);

/** One permission overwrite, whose id is in the path or beside it. */
export const overwriteBody = z.object({
  type: z.enum(OverwriteType),
  allow: permissionBits.nullish(),
  deny: permissionBits.nullish(),
});

/** What a channel is created with or changed to. */
export const channelBody = z.object({
  name: z.string().min(1).max(100).optional(),
  type: z.number().int().optional(),
  topic: z.string().max(4096).nullish(),
  nsfw: z.boolean().nullish(),
  position: z.number().int().nullish(),
  parent_id: z.string().nullish(),
  rate_limit_per_user: z.number().int().min(0).max(21_600).nullish(),
  permission_overwrites: z.array(overwriteBody.extend({ id: z.string() })).nullish(),
  available_tags: z
    .array(
      z.object({
        id: z.string().nullish(),
        name: z.string().max(20),
        moderated: z.boolean().default(false),
        emoji_id: z.string().nullable().default(null),
        emoji_name: z.string().nullable().default(null),
      }),
    )
    .max(20)
    .nullish(),
  flags: z.number().int().nullish(),
});

/** What a thread can be changed to. */
export const threadBody = z.object({
  name: threadName.optional(),
  archived: z.boolean().optional(),
  locked: z.boolean().optional(),
  auto_archive_duration: autoArchiveMinutes.optional(),
  rate_limit_per_user: z.number().int().min(0).max(21_600).nullish(),
  invitable: z.boolean().optional(),
  applied_tags: z.array(z.string()).max(5).optional(),
  flags: z.number().int().optional(),
});

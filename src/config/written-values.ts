import { z } from "zod";
import { DURATION_PATTERN, durationToMs } from "./duration.ts";

/*
 * The kinds of values that people write. Every `error` completes the sentence "expected ..., found ...".
 */

/** The longest that a Node timer can wait is 2^31 - 1 ms; beyond that it fires at once. */
const MAX_TIMER_MS = 24 * 86_400_000;

const SNOWFLAKE = "a Discord id: 17 to 20 digits in quotes";

/** Discord's ids stay text: a number would lose their last digits. */
export const snowflake = z.string({ error: SNOWFLAKE }).regex(/^[1-9]\d{16,19}$/, { error: SNOWFLAKE });

/** Text that is not empty. */
export const text = (expected: string) => z.string({ error: expected }).min(1, { error: expected });

/** `true` or `false`. */
export const toggle = (value: boolean) => z.boolean({ error: "true or false" }).default(value);

/** A whole number from `min` to `max`. */
export function wholeNumber(min: number, max: number) {
  const error = `a whole number from ${min} to ${max}`;
  return z.int({ error }).min(min, { error }).max(max, { error });
}

const DURATION = "a duration such as 30s, 15m, 2h or 1d";

/** A length of time, of any size. */
export const duration = (value: string) =>
  z.string({ error: DURATION }).regex(DURATION_PATTERN, { error: DURATION }).default(value);

/** A length of time that a timer has to wait for. */
export function timer(value: string) {
  const error = "a duration of at most 24d, such as 30s, 15m or 2h";
  return z
    .string({ error })
    .regex(DURATION_PATTERN, { error })
    .refine((written) => !(durationToMs(written) > MAX_TIMER_MS), { error })
    .default(value);
}

/** People, by the ids of users and roles. */
export const memberList = z.strictObject({
  users: z
    .array(snowflake, { error: "a list of user ids in quotes" })
    .default([])
    .describe("Ids of users.")
    .meta({ examples: [["234567890123456789"]] }),
  roles: z
    .array(snowflake, { error: "a list of role ids in quotes" })
    .default([])
    .describe("Ids of roles.")
    .meta({ examples: [["456789012345678901"]] }),
});

/** Who may talk: people by id, or everyone who can write in the channel, which has to be written down. */
export const accessRule = z.union(
  [
    z.literal("everyone"),
    memberList.extend({
      everyone: toggle(false).describe("Everyone who can write in the channel."),
      bots: z
        .array(snowflake, { error: "a list of bots' ids in quotes" })
        .optional()
        .describe(
          "Ids of other bots that may talk too, within `limits.bot_per_minute`; they never approve or manage. All others are ignored, and webhooks always.",
        )
        .meta({ examples: [["567890123456789012"]] }),
    }),
  ],
  { error: "`everyone`, or a map with users and roles" },
);

import type { Snowflake } from "../projects/project.ts";

/** Whether a person may be shown a sign in a channel now; asked once for each sign. */
export type SignLimit = (userId: Snowflake, channelId: Snowflake) => boolean;

/** One person is told once a minute: they know by then. */
const PERSON_MS = 60_000;
const CHANNEL_MS = 60_000;
/** Many people, or one with many accounts, make the bot stir no more than so often in a channel. */
const IN_CHANNEL = 10;

/**
 * Keeps small signs, such as the reaction to a message of somebody who may not talk, from becoming a way to make the
 * bot do a thousand things.
 */
export function createSignLimit(
  now: () => number,
  { personMs = PERSON_MS, inChannel: most = IN_CHANNEL }: { personMs?: number; inChannel?: number } = {},
): SignLimit {
  const people = new Map<Snowflake, number>();
  const channels = new Map<Snowflake, readonly number[]>();
  return (userId, channelId) => {
    const time = now();
    const isRecent = (shownMs: number) => time - shownMs < personMs;
    const inChannel = (channels.get(channelId) ?? []).filter((shownMs) => time - shownMs < CHANNEL_MS);
    if (isRecent(people.get(userId) ?? Number.NEGATIVE_INFINITY) || inChannel.length >= most) return false;
    // Entered anew, so that the oldest come first and the forgetting can stop at the first recent one.
    people.delete(userId);
    people.set(userId, time);
    channels.set(channelId, [...inChannel, time]);
    for (const [known, shownMs] of people) {
      if (isRecent(shownMs)) break;
      people.delete(known);
    }
    return true;
  };
}

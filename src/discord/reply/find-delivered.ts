import { snowflakeTimeMs } from "../../core/catch-up.ts";
import type { Snowflake } from "../../core/project.ts";
import type { OwnMessage } from "../own-messages.ts";

/** A message of ours of which it is not known whether Discord took it. */
export interface DoubtfulDelivery {
  readonly nonce: string;
  /** When it was planned, in ms since the epoch. */
  readonly createdAtMs: number;
  readonly content: string;
  readonly replyTo: Snowflake | undefined;
}

/**
 * The message that an earlier attempt has left in the channel: with the same nonce, answering the same message, or
 * with the same text. `claimed` are those that are known as something else.
 */
export function findDelivered(
  delivery: DoubtfulDelivery,
  own: readonly OwnMessage[],
  claimed: ReadonlySet<Snowflake>,
): Snowflake | undefined {
  const { nonce, createdAtMs, content, replyTo } = delivery;
  const possible = own.filter(
    ({ id }) => !claimed.has(id) && snowflakeTimeMs(id) >= createdAtMs - CLOCK_DIFFERENCE_MS,
  );
  const found =
    possible.find((message) => message.nonce === nonce) ??
    possible.find((message) => replyTo !== undefined && message.replyTo === replyTo) ??
    possible.find((message) => content !== "" && message.content === content);
  return found?.id;
}

/** So far our clock may be before Discord's. */
const CLOCK_DIFFERENCE_MS = 60_000;

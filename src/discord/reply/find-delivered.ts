import type { Snowflake } from "../../core/projects/project.ts";
import type { OwnMessage } from "../channel/own-messages.ts";

/** A message of ours of which it is not known whether Discord took it. */
export interface DoubtfulDelivery {
  readonly nonce: string;
  /** What it shall say in the end; it may have been sent when it was not yet complete. */
  readonly content: string;
  readonly replyTo: Snowflake | undefined;
}

/**
 * The message that an earlier attempt has left in the channel: with the same nonce, answering the same message, or,
 * where it answers none, with the same text or its beginning. `isKnown` says of a message that it is something else.
 */
export function findDelivered(
  { nonce, content, replyTo }: DoubtfulDelivery,
  own: readonly OwnMessage[],
  isKnown: (messageId: Snowflake) => boolean,
): Snowflake | undefined {
  const possible = own.filter(({ id }) => !isKnown(id));
  const isSame = (message: OwnMessage) =>
    replyTo === undefined
      ? message.replyTo === undefined && isBegun(message.content, content)
      : message.replyTo === replyTo;
  return (possible.find((message) => message.nonce === nonce) ?? possible.find(isSame))?.id;
}

function isBegun(standing: string, wanted: string): boolean {
  if (standing === wanted) return standing !== "";
  // While it was written it had a line on what Claude did below it, and open code was closed.
  const begun = standing.replace(/(\n?(-# .*|```))+$/, "").trimEnd();
  return begun !== "" && wanted.startsWith(begun);
}

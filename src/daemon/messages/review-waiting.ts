import type { IncomingMessage } from "../../core/messages/inbound.ts";
import type { Snowflake } from "../../core/projects/project.ts";
import type { Ledger } from "../../core/turns/ledger.ts";
import type { Edits } from "./edits.ts";

export interface ReviewDeps {
  readonly ledger: Pick<Ledger, "open">;
  /** A message as it stands now. */
  readonly read: (
    channelId: Snowflake,
    messageId: Snowflake,
  ) => Promise<{ readonly message: IncomingMessage; readonly editedAtMs: number | undefined } | "deleted">;
  readonly edits: Edits;
  readonly log: { warn(message: string, fields?: object): void };
}

/** Never rejects. */
export type Review = (conversationId: Snowflake) => Promise<void>;

/**
 * Looks again at the messages of a conversation's waiting turns, for edits and deletes that no event has told of.
 * Never rejects: what can't be read stays as it was accepted.
 */
export function createReview({ ledger, read, edits, log }: ReviewDeps): Review {
  return async (conversationId) => {
    try {
      for (const { messageId, channelId, attempts } of ledger.open(conversationId)) {
        if (messageId === undefined || attempts > 0) continue;
        const found = await read(channelId, messageId);
        if (found === "deleted") edits.deleted([messageId]);
        else if (found.editedAtMs !== undefined) edits.edited(found.message, found.editedAtMs);
      }
    } catch (error) {
      log.warn("waiting messages could not be looked at again", { conversation: conversationId, error });
    }
  };
}

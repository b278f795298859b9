import { snowflakeAt } from "../../core/messages/catch-up.ts";
import type { Snowflake } from "../../core/projects/project.ts";
import type { CursorStore } from "../../core/turns/ledger.ts";

export interface BeginningsDeps {
  readonly cursors: CursorStore;
  /** The newest message of a channel or thread; undefined when it isn't known. */
  readonly newest: (channelId: Snowflake) => Snowflake | undefined;
  /** The oldest of the messages that came live and wait for their channel to be caught up. */
  readonly firstWaiting: (channelId: Snowflake) => Snowflake | undefined;
  readonly now: () => number;
}

/** From where on a channel's messages count. */
export interface Beginnings {
  /**
   * The cursor of a channel, or of a thread under `parentId`. A first one is written down at once: what is said from
   * now on is not lost, even if the daemon ends before it has read it.
   */
  cursorOf(channelId: Snowflake, parentId: Snowflake | undefined): Snowflake;
}

/**
 * A channel that was never looked at begins with this moment. A thread begins with its birth, but not before the
 * channel above it did: what was said there earlier, maybe to another bot, stays as it is.
 */
export function createBeginnings({ cursors, newest, firstWaiting, now }: BeginningsDeps): Beginnings {
  const first = (channelId: Snowflake, parentId: Snowflake | undefined): Snowflake => {
    if (parentId !== undefined) return later(before(channelId), cursors.beginning(parentId));
    const waiting = firstWaiting(channelId);
    return waiting === undefined ? (newest(channelId) ?? snowflakeAt(now())) : before(waiting);
  };
  return {
    cursorOf: (channelId, parentId) => {
      const known = cursors.cursor(channelId);
      if (known !== undefined) return known;
      cursors.begin(channelId, first(channelId, parentId));
      return cursors.cursor(channelId) ?? channelId;
    },
  };
}

/** The first message of a forum's post has the id of the post itself, and counts. */
function before(id: Snowflake): Snowflake {
  return String(BigInt(id) - 1n);
}

function later(id: Snowflake, other: Snowflake | undefined): Snowflake {
  return other !== undefined && BigInt(other) > BigInt(id) ? other : id;
}

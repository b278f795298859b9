import { setTimeout as delay } from "node:timers/promises";
import { type CatchUpLimits, planCatchUp } from "../core/catch-up.ts";
import { type IncomingMessage, isForClaude, projectOf, type Routing } from "../core/inbound.ts";
import type { CursorStore } from "../core/ledger.ts";
import type { Snowflake } from "../core/project.ts";

/** Where missed messages are read; see src/discord/history.ts. */
export interface MissedMessages {
  after(channelId: Snowflake, cursor: Snowflake): Promise<readonly IncomingMessage[] | undefined>;
  withAuthor(message: IncomingMessage): Promise<IncomingMessage>;
  newest(channelId: Snowflake): Snowflake | undefined;
  threads(channelId: Snowflake, sinceMs: number): Promise<readonly Snowflake[]>;
}

export interface CatchUpDeps {
  readonly history: MissedMessages;
  readonly cursors: CursorStore;
  readonly routing: () => Routing;
  readonly limits: () => CatchUpLimits;
  /** Takes one message: `run` it, or tell that it came too long ago. */
  readonly handle: (message: IncomingMessage, fate: "run" | "expire") => void;
  readonly now: () => number;
  readonly signal: AbortSignal;
  readonly log: {
    info(message: string, fields?: object): void;
    warn(message: string, fields?: object): void;
  };
}

export interface CatchUp {
  /** A message that came live: handled at once, or after the missed ones of its channel. */
  take(message: IncomingMessage): void;
  /** One that waits behind missed messages was edited, or, with undefined, deleted. */
  replace(channelId: Snowflake, messageId: Snowflake, message: IncomingMessage | undefined): void;
  /** From here on messages may have been missed: nothing counts as live until its channel is caught up. */
  suspend(): void;
  /** Fetches what was missed in every project's channel and threads. Never rejects. */
  start(): Promise<void>;
}

/**
 * Merges what the gateway missed with what it brings: in each channel first the missed messages, oldest first, then
 * the live ones that waited behind them. The ledger makes sure that one that comes both ways is taken once.
 */
export function createCatchUp(deps: CatchUpDeps): CatchUp {
  const { cursors, history } = deps;
  const current = new Set<Snowflake>();
  const behind = new Map<Snowflake, Promise<void>>();
  const waiting = new Map<Snowflake, IncomingMessage[]>();
  let epoch = 0;

  const catchUp = (channelId: Snowflake, isThread: boolean): Promise<void> => {
    const known = behind.get(channelId);
    if (known !== undefined) return known;
    const work = untilCurrent(channelId, isThread).finally(() => behind.delete(channelId));
    behind.set(channelId, work);
    return work;
  };

  const untilCurrent = async (channelId: Snowflake, isThread: boolean) => {
    for (let attempt = 0; !deps.signal.aborted; attempt += 1) {
      const begun = epoch;
      try {
        await readMissed(channelId, isThread);
        if (begun === epoch) return goLive(channelId);
        attempt = -1;
      } catch (error) {
        deps.log.warn("missed messages can't be read yet", { conversation: channelId, error });
        const waitMs = Math.min(1_000 * 2 ** attempt, 60_000);
        await delay(waitMs, undefined, { signal: deps.signal }).catch(() => {});
      }
    }
  };

  const readMissed = async (channelId: Snowflake, isThread: boolean) => {
    let cursor = begin(channelId, isThread);
    if (!mayHaveMore(channelId, cursor)) return;
    const missed: IncomingMessage[] = [];
    for (let page: readonly IncomingMessage[] | undefined = []; ; ) {
      page = await history.after(channelId, cursor);
      if (page === undefined) {
        deps.log.warn("the channel is gone or can't be read", { conversation: channelId });
        return;
      }
      missed.push(...page.filter((message) => isForClaude(message, deps.routing())));
      cursor = page.at(-1)?.id ?? cursor;
      if (page.length < PAGE) break;
    }
    const plan = planCatchUp(missed, deps.limits(), deps.now());
    for (const { message, fate } of plan) deps.handle(await history.withAuthor(message), fate);
    if (plan.length > 0) {
      const expired = plan.filter(({ fate }) => fate === "expire").length;
      deps.log.info("caught up", { conversation: channelId, run: plan.length - expired, expired });
    }
    cursors.advance(channelId, cursor);
  };

  /** Discord tells of each channel's newest message when a session begins; who has seen that one needs no request. */
  const mayHaveMore = (channelId: Snowflake, cursor: Snowflake): boolean => {
    const newest = history.newest(channelId);
    return newest === undefined || BigInt(newest) > BigInt(cursor);
  };

  /** Where a channel begins that was never looked at: a thread with its birth, any other with this moment. */
  const firstCursor = (channelId: Snowflake, isThread: boolean): Snowflake => {
    if (isThread) return channelId;
    const [first] = waiting.get(channelId) ?? [];
    return first === undefined ? (history.newest(channelId) ?? channelId) : String(BigInt(first.id) - 1n);
  };

  /** Written down at once: what is said from now on is not lost, even if the daemon ends before it has read it. */
  const begin = (channelId: Snowflake, isThread: boolean): Snowflake => {
    const known = cursors.cursor(channelId);
    if (known !== undefined) return known;
    const first = firstCursor(channelId, isThread);
    cursors.advance(channelId, first);
    return first;
  };

  /** No await in here: between the last waiting message and the first live one nothing may come. */
  const goLive = (channelId: Snowflake) => {
    const late = waiting.get(channelId) ?? [];
    waiting.delete(channelId);
    current.add(channelId);
    for (const message of late) deps.handle(message, "run");
  };

  /** What can't be recorded now, with the disk full for one, is read again later: the cursor still stands before it. */
  const handleLive = (message: IncomingMessage) => {
    const { channelId, parentChannelId } = message;
    try {
      deps.handle(message, "run");
    } catch (error) {
      deps.log.warn("a message can't be accepted yet", { conversation: channelId, error });
      current.delete(channelId);
      void catchUp(channelId, parentChannelId !== undefined);
    }
  };

  return {
    take: (message) => {
      const { channelId, parentChannelId } = message;
      if (projectOf(channelId, parentChannelId, deps.routing().projects) === undefined) return;
      if (current.has(channelId)) return handleLive(message);
      const late = waiting.get(channelId) ?? [];
      // More than this would be fetched all the same; memory stays bounded while Discord is away.
      if (late.length < MOST_WAITING) waiting.set(channelId, [...late, message]);
      void catchUp(channelId, parentChannelId !== undefined);
    },

    replace: (channelId, messageId, message) => {
      const late = waiting.get(channelId);
      if (late === undefined) return;
      waiting.set(
        channelId,
        late.flatMap((each) => (each.id === messageId ? (message ?? []) : each)),
      );
    },

    suspend: () => {
      epoch += 1;
      current.clear();
    },

    start: async () => {
      const sinceMs = deps.now() - deps.limits().maxAgeMs;
      const { projects } = deps.routing();
      try {
        for (const { channelId } of projects) begin(channelId, false);
      } catch (error) {
        // Each channel tries again by itself, below.
        deps.log.warn("where channels begin can't be written down yet", { error });
      }
      await Promise.all(
        projects.map(async ({ channelId }) => {
          await catchUp(channelId, false);
          const threads = await history.threads(channelId, sinceMs).catch((error: unknown) => {
            deps.log.warn("the threads can't be listed", { conversation: channelId, error });
            return [];
          });
          await Promise.all(threads.map((threadId) => catchUp(threadId, true)));
        }),
      );
    },
  };
}

/** Discord gives at most 100 messages a request. */
const PAGE = 100;
const MOST_WAITING = 1_000;

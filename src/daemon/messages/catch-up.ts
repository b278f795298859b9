import { setTimeout as delay } from "node:timers/promises";
import { type CatchUpLimits, type Fate, snowflakeTimeMs } from "../../core/messages/catch-up.ts";
import type { IncomingMessage } from "../../core/messages/inbound.ts";
import type { Snowflake } from "../../core/projects/project.ts";
import type { CursorStore } from "../../core/turns/ledger.ts";
import type { Turn } from "../../core/turns/turn.ts";
import { createBeginnings } from "./beginnings.ts";
import { type HeardChannel, isHeardIn } from "./heard-channels.ts";
import { createLateChanges } from "./late-changes.ts";
import { type MissedMessages, readMissed } from "./read-missed.ts";

export interface CatchUpDeps {
  readonly history: MissedMessages;
  readonly cursors: CursorStore;
  /** Where messages are listened to. */
  readonly channels: () => readonly HeardChannel[];
  /** Whether a message asks for anything, whoever wrote it. */
  readonly isMeant: (message: IncomingMessage) => boolean;
  readonly limits: () => CatchUpLimits;
  /** Takes one message. The turn of one that is left out is still to be told; `noticeOf`: with this earlier one. */
  readonly handle: (message: IncomingMessage, fate: Fate, noticeOf?: string) => Turn | undefined;
  readonly tell: (turn: Turn) => void;
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
  /** A channel or thread has come into view, and may have been written in before. */
  appeared(channelId: Snowflake, parentChannelId: Snowflake | undefined): void;
  /** Fetches what was missed in every channel and its threads. Never rejects. */
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
  const crowded = new Set<Snowflake>();
  // Of these it is not known what their newest message is.
  const doubtful = new Set<Snowflake>();
  const changes = createLateChanges();
  const beginnings = createBeginnings({
    cursors,
    newest: history.newest,
    firstWaiting: (channelId) => waiting.get(channelId)?.[0]?.id,
    now: deps.now,
  });
  let epoch = 0;

  const catchUp = (channelId: Snowflake, parentId: Snowflake | undefined): Promise<void> => {
    const known = behind.get(channelId);
    if (known !== undefined) return known;
    changes.watch(channelId);
    const work = untilCurrent(channelId, parentId).finally(() => {
      behind.delete(channelId);
      changes.forget(channelId);
    });
    behind.set(channelId, work);
    return work;
  };

  const untilCurrent = (channelId: Snowflake, parentId: Snowflake | undefined) =>
    untilDone(`missed messages of ${channelId} can't be read yet`, async () => {
      const begun = epoch;
      const cursor = beginnings.cursorOf(channelId, parentId);
      const mayHaveMore = doubtful.delete(channelId) || isBehind(channelId, cursor);
      const isReadable =
        !mayHaveMore ||
        (await readMissed(channelId, cursor, {
          ...deps,
          limits: deps.limits(),
          latestForm: (message) => changes.latestForm(message),
        }));
      return begun === epoch && !doubtful.has(channelId) && goLive(channelId, isReadable);
    });

  /** Again and again, with longer and longer pauses after a failure, until `step` says that all is done. */
  const untilDone = async (trouble: string, step: () => Promise<boolean>) => {
    for (let failures = 0; !deps.signal.aborted; ) {
      try {
        if (await step()) return;
        failures = 0;
      } catch (error) {
        deps.log.warn(trouble, { error });
        const waitMs = Math.min(1_000 * 2 ** failures, 60_000);
        await delay(waitMs, undefined, { signal: deps.signal }).catch(() => {});
        failures += 1;
      }
    }
  };

  /** Discord tells of each channel's newest message when a session begins; who has seen that one needs no request. */
  const isBehind = (channelId: Snowflake, cursor: Snowflake): boolean => {
    const newest = history.newest(channelId);
    return newest === undefined || BigInt(newest) > BigInt(cursor);
  };

  /**
   * No await in here: between the last waiting message and the first live one nothing may come. A channel that can't
   * be read is looked at again with its next message: who may see that one may see what stands before it. False when
   * more came meanwhile than is kept: then it is read like what was missed.
   */
  const goLive = (channelId: Snowflake, isReadable: boolean): boolean => {
    if (crowded.delete(channelId)) {
      waiting.delete(channelId);
      return false;
    }
    // Should one of them not be taken, for want of a disk for one, all stay behind and are tried again.
    for (const message of waiting.get(channelId) ?? []) {
      const latest = changes.latestForm(message);
      if (latest !== undefined) deps.handle(latest, "run");
    }
    waiting.delete(channelId);
    if (isReadable) current.add(channelId);
    return true;
  };

  /** What can't be recorded now, with the disk full for one, is read again later: the cursor still stands before it. */
  const handleLive = (message: IncomingMessage) => {
    const { channelId, parentChannelId } = message;
    try {
      deps.handle(message, "run");
    } catch (error) {
      deps.log.warn("a message can't be accepted yet", { conversation: channelId, error });
      current.delete(channelId);
      void catchUp(channelId, parentChannelId);
    }
  };

  const threadsOf = (channelId: Snowflake) =>
    untilDone(`the threads of ${channelId} can't be listed yet`, async () => {
      const begunAtMs = deps.now();
      const beginning = cursors.beginning(channelId);
      const channelBeganAtMs = beginning === undefined ? undefined : snowflakeTimeMs(beginning);
      const knownAtMs = cursors.threadsSeenAtMs(channelId) ?? channelBeganAtMs;
      // Ours and Discord's clock may differ.
      const sinceMs = knownAtMs === undefined ? begunAtMs - deps.limits().maxAgeMs : knownAtMs - DAY_MS;
      const threads = await history.threads(channelId, sinceMs);
      await Promise.all(threads.map((threadId) => catchUp(threadId, channelId)));
      if (!deps.signal.aborted) cursors.threadsSeen(channelId, begunAtMs);
      return true;
    });

  return {
    take: (message) => {
      const { channelId, parentChannelId } = message;
      if (!isHeardIn(deps.channels(), channelId, parentChannelId)) return;
      if (current.has(channelId)) return handleLive(message);
      const late = waiting.get(channelId) ?? [];
      waiting.set(channelId, late);
      if (late.length < MOST_WAITING) late.push(message);
      else crowded.add(channelId);
      void catchUp(channelId, parentChannelId);
    },

    replace: changes.changed,

    suspend: () => {
      epoch += 1;
      current.clear();
    },

    appeared: (channelId, parentId) => {
      if (!isHeardIn(deps.channels(), channelId, parentId)) return;
      doubtful.add(channelId);
      current.delete(channelId);
      void catchUp(channelId, parentId);
    },

    start: async () => {
      const channels = deps.channels();
      try {
        for (const { channelId } of channels) beginnings.cursorOf(channelId, undefined);
      } catch (error) {
        // Each channel tries again by itself, below.
        deps.log.warn("where channels begin can't be written down yet", { error });
      }
      await Promise.all(
        channels.map(async ({ channelId, withThreads }) => {
          await catchUp(channelId, undefined);
          if (withThreads) await threadsOf(channelId);
        }),
      );
    },
  };
}

const MOST_WAITING = 1_000;
const DAY_MS = 24 * 60 * 60_000;

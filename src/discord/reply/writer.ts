import { setTimeout as delay } from "node:timers/promises";
import { snowflakeAt } from "../../core/messages/catch-up.ts";
import type { Snowflake } from "../../core/projects/project.ts";
import type { DeliveryStore } from "../../core/turns/ledger.ts";
import { orAborted } from "../../core/turns/or-aborted.ts";
import { Undeliverable } from "../../core/turns/reply.ts";
import type { ChannelApi } from "../channel/channel-api.ts";
import type { OutgoingMessage } from "../channel/message-payload.ts";
import type { OwnMessage } from "../channel/own-messages.ts";
import { findDelivered } from "./find-delivered.ts";

export interface WriterOptions {
  readonly turnId: string;
  /** Nothing is written before it settles: what belongs above is still on its way. */
  readonly after: Promise<void>;
  /** The message that the first of ours answers. */
  readonly replyTo: Snowflake | undefined;
  readonly channel: ChannelApi;
  readonly deliveries: DeliveryStore;
  readonly newNonce: () => string;
  /** The bot's own messages after one of the channel. */
  readonly ownMessages: (after: Snowflake) => Promise<readonly OwnMessage[]>;
  /** Whether it is known what one of them is. */
  readonly isKnown: (messageId: Snowflake) => boolean;
  readonly now: () => number;
  /** The least time between two passes while the answer is being written, in ms. */
  readonly paceMs: number;
  /** Aborted when the daemon stops: what is not sent by then waits for the next start. */
  readonly signal: AbortSignal;
  readonly onTrouble: (error: unknown) => void;
}

/** Makes the channel equal to a list of messages: creates, edits and deletes what differs, each once. */
export interface Writer {
  /** What should stand there for now; asked when there is time to write it, and the newest wins. Never waits. */
  show(messages: () => readonly OutgoingMessage[]): void;
  /** What shall stand there in the end. Settles when it does; tries until it does, is undeliverable, or the signal. */
  finish(messages: readonly OutgoingMessage[]): Promise<void>;
  /** Stops writing where it stands. */
  leave(): Promise<void>;
}

export function createWriter(options: WriterOptions): Writer {
  const { channel, deliveries, turnId } = options;
  const standing: Standing[] = [];
  let wanted: (() => readonly OutgoingMessage[]) | undefined;
  let passes: Promise<void> | undefined;
  let left = false;
  let isHopeless = false;

  // A turn that another process began to answer: its messages are there, with a content that we don't know.
  for (const delivery of deliveries.ofTurn(turnId)) {
    standing[delivery.position] = { ...delivery, content: undefined };
  }

  const create = async (position: number, message: OutgoingMessage) => {
    const planned = standing[position];
    const nonce = planned?.nonce ?? options.newNonce();
    const createdAtMs = planned?.createdAtMs ?? options.now();
    if (planned === undefined) deliveries.plan(turnId, position, nonce);
    standing[position] = { nonce, createdAtMs, messageId: undefined, content: undefined };
    const replyTo = position === 0 ? options.replyTo : undefined;
    const messageId =
      (planned && (await delivered(position, planned, message))) ??
      (await channel.create(message, { nonce, ...(replyTo === undefined ? {} : { replyTo }) }));
    deliveries.sent(turnId, position, messageId);
    const content = planned === undefined ? whole(message) : undefined;
    standing[position] = { nonce, createdAtMs, messageId, content };
  };

  /** What an attempt has left of which we never heard: after a minute the nonce may no longer tell. */
  const delivered = async (position: number, planned: Standing, { content }: OutgoingMessage) => {
    const { nonce, createdAtMs } = planned;
    if (nonceHolds(planned)) return undefined;
    const before = standing[position - 1]?.messageId ?? options.replyTo;
    // Without a message to begin with, a clock that was wrong would lead to the wrong place; a day is far enough.
    const own = await options.ownMessages(before ?? snowflakeAt(createdAtMs - DAY_MS));
    const replyTo = position === 0 ? options.replyTo : undefined;
    return findDelivered({ nonce, content, replyTo }, own, options.isKnown);
  };

  const nonceHolds = ({ createdAtMs }: Standing) => Math.abs(options.now() - createdAtMs) <= NONCE_HOLDS_MS;

  /** One that is no longer wanted, and of which it is not known whether Discord took it. */
  const stray = async (position: number, surplus: Standing): Promise<Snowflake | undefined> => {
    if (!nonceHolds(surplus)) return delivered(position, surplus, { content: "" });
    // With the same nonce it is the same message, or one more that goes at once.
    return channel.create({ content: "-# …" }, { nonce: surplus.nonce });
  };

  /** Whether it was posted anew, so that those behind it stand before it now; `anew` says so of the one before. */
  const put = async (position: number, message: OutgoingMessage, anew = false): Promise<boolean> => {
    const now = standing[position];
    if (now?.messageId === undefined) {
      await create(position, message);
      // A nonce of an earlier process may have brought back the message that it sent, with an older text.
      if (standing[position]?.content === undefined) return put(position, message);
      return false;
    }
    if (now.content === whole(message) && !anew) return false;
    const isOld = now.content !== undefined && options.now() - now.createdAtMs > EDITED_FOR_MS;
    if (!anew && !isOld && (await channel.edit(now.messageId, message))) {
      standing[position] = { ...now, content: whole(message) };
      return false;
    }
    // Old, in the wrong place, or deleted by somebody: the answer is owed all the same, so it is posted anew.
    if (anew || isOld) await channel.delete(now.messageId);
    deliveries.forget(turnId, position);
    delete standing[position];
    await create(position, message);
    return true;
  };

  const pass = async (messages: readonly OutgoingMessage[]) => {
    let anew = false;
    for (const [position, message] of messages.entries()) {
      if (left) return;
      anew = await put(position, message, anew);
    }
    for (let position = standing.length - 1; position >= messages.length; position -= 1) {
      const surplus = standing[position];
      const messageId = surplus && (surplus.messageId ?? (await stray(position, surplus)));
      if (messageId !== undefined) await channel.delete(messageId);
      deliveries.forget(turnId, position);
      standing.pop();
    }
  };

  const follow = async () => {
    await options.after;
    while (wanted !== undefined && !left) {
      const messages = wanted;
      wanted = undefined;
      try {
        await pass(messages());
      } catch (error) {
        // A preview is not worth a fight; the end is, and it goes over everything once more.
        isHopeless ||= error instanceof Undeliverable;
        options.onTrouble(error);
      }
      await delay(options.paceMs, undefined, { signal: hurry.signal }).catch(() => {});
    }
    passes = undefined;
  };

  const hurry = new AbortController();
  const settled = async () => {
    wanted = undefined;
    hurry.abort();
    await passes;
  };

  return {
    show: (messages) => {
      if (left || isHopeless || hurry.signal.aborted) return;
      wanted = messages;
      passes ??= follow();
    },
    finish: async (messages) => {
      await orAborted(settled(), options.signal);
      await orAborted(options.after, options.signal);
      for (let attempt = 0; ; attempt += 1) {
        options.signal.throwIfAborted();
        try {
          // A request under way may hang, or wait for a rate limit, for longer than the daemon does.
          return await orAborted(pass(messages), options.signal);
        } catch (error) {
          options.signal.throwIfAborted();
          if (error instanceof Undeliverable) throw error;
          options.onTrouble(error);
          const waitMs = Math.min(1_000 * 2 ** attempt, 60_000);
          await delay(waitMs, undefined, { signal: options.signal });
        }
      }
    },
    leave: async () => {
      left = true;
      await orAborted(settled(), options.signal).catch(() => {});
    },
  };
}

/** Discord remembers a nonce for "a few minutes"; this is surely less. */
const NONCE_HOLDS_MS = 60_000;
const DAY_MS = 24 * 60 * 60_000;

/** Discord takes only a few edits of a message that is older than an hour, and then none for a long time. */
const EDITED_FOR_MS = 50 * 60_000;

/** Everything of a message that a person sees, to tell whether it changed; a file is known by its name. */
function whole({ content, files, components }: OutgoingMessage): string {
  return [content, JSON.stringify(components ?? []), ...(files ?? []).map((file) => file.name)].join("\0");
}

interface Standing {
  readonly nonce: string;
  readonly createdAtMs: number;
  readonly messageId: Snowflake | undefined;
  /** The `whole` of it; undefined when it is not known what the message says. */
  readonly content: string | undefined;
}

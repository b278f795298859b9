import { setTimeout as delay } from "node:timers/promises";
import type { Snowflake } from "../../core/projects/project.ts";
import type { Turn } from "../../core/turns/turn.ts";
import type { Reactions } from "./reactions.ts";

export interface AcknowledgeDeps {
  readonly reactions: (channelId: Snowflake) => Reactions;
  /** Open turns of a conversation, oldest first. */
  readonly open: (conversationId: Snowflake) => readonly Turn[];
  readonly isOn: () => boolean;
  /** When this process began, in ms since the epoch: earlier turns may carry reactions of an earlier one. */
  readonly startedAtMs: number;
  /** The time between two requests in a channel. Default: a little more than the 250 ms that Discord wants. */
  readonly paceMs?: number;
}

/** Shows by reactions what became of each message, for those who look away while Claude works. */
export interface Acknowledge {
  /** A turn was accepted or has moved. Never waits and never throws. */
  changed(turn: Turn): void;
  /** Sends what is due now, for at most `timeoutMs`; nothing follows. */
  stop(timeoutMs: number): Promise<void>;
}

export function createAcknowledge(deps: AcknowledgeDeps): Acknowledge {
  const channels = new Map<Snowflake, Map<Snowflake, Mark>>();
  const working = new Map<Snowflake, Promise<void>>();
  const stopping = new AbortController();

  const want = (turn: Turn, wanted: readonly string[], ended: boolean) => {
    if (turn.messageId === undefined) return;
    const marks = channels.get(turn.conversationId) ?? new Map<Snowflake, Mark>();
    channels.set(turn.conversationId, marks);
    const known = marks.get(turn.messageId);
    const standing = known ? known.standing : turn.acceptedAtMs < deps.startedAtMs ? undefined : [];
    marks.set(turn.messageId, {
      channelId: turn.channelId,
      wanted,
      standing,
      ended,
      refused: known?.refused ?? false,
    });
  };

  /** One request at a time and only the newest wish counts, so a burst of turns costs few requests. */
  const work = async (channelId: Snowflake, marks: Map<Snowflake, Mark>) => {
    for (;;) {
      const due = [...marks].filter(([, mark]) => nextStep(mark) !== undefined);
      const [messageId, mark] = due.find(([, { ended }]) => ended) ?? due[0] ?? [];
      if (messageId === undefined || mark === undefined) break;
      const standing = await take(deps.reactions(mark.channelId), messageId, mark);
      const latest = marks.get(messageId) ?? mark;
      // A message that can't be reacted to is left alone: it was deleted, or the bot may not.
      marks.set(messageId, standing === "refused" ? { ...latest, refused: true } : { ...latest, standing });
      await delay(deps.paceMs ?? PACE_MS, undefined, { signal: stopping.signal }).catch(() => {});
      if (stopping.signal.aborted) return;
    }
    // An expired turn may be run after all, and then its mark has to go.
    for (const [messageId, { ended, wanted }] of marks) {
      if (ended && !wanted.includes(EXPIRED)) marks.delete(messageId);
    }
    if (marks.size === 0) channels.delete(channelId);
  };

  const wake = (channelId: Snowflake) => {
    const marks = channels.get(channelId);
    if (marks === undefined || working.has(channelId) || stopping.signal.aborted) return;
    const done = work(channelId, marks).finally(() => {
      working.delete(channelId);
      if ([...marks.values()].some((mark) => nextStep(mark) !== undefined)) wake(channelId);
    });
    working.set(channelId, done);
  };

  return {
    changed: (turn) => {
      if (!deps.isOn() || stopping.signal.aborted) return;
      const ending = END_EMOJI[turn.state];
      if (ending !== undefined) want(turn, [ending], turn.state !== "delivering");
      for (const [ahead, each] of deps.open(turn.conversationId).entries())
        want(each, openEmoji(each, ahead), false);
      wake(turn.conversationId);
    },
    stop: async (timeoutMs) => {
      const cut = setTimeout(() => stopping.abort(), timeoutMs);
      while (working.size > 0 && !stopping.signal.aborted) {
        const aborted = new Promise((resolve) => stopping.signal.addEventListener("abort", resolve));
        await Promise.race([Promise.all(working.values()), aborted]);
      }
      clearTimeout(cut);
      stopping.abort();
    },
  };
}

interface Mark {
  /** Where the message stands. */
  readonly channelId: Snowflake;
  readonly wanted: readonly string[];
  /** What the bot has on the message; undefined: not known, an earlier process may have put it there. */
  readonly standing: readonly string[] | undefined;
  readonly ended: boolean;
  readonly refused: boolean;
}

type Step = { readonly type: "look" } | { readonly type: "add" | "remove"; readonly emoji: string };

/** The new state comes before the old one goes, so that a message is never without one. */
function nextStep({ wanted, standing, refused }: Mark): Step | undefined {
  if (refused) return undefined;
  if (standing === undefined) return { type: "look" };
  const missing = wanted.find((emoji) => !standing.includes(emoji));
  if (missing !== undefined) return { type: "add", emoji: missing };
  const surplus = standing.find((emoji) => !wanted.includes(emoji));
  return surplus === undefined ? undefined : { type: "remove", emoji: surplus };
}

async function take(
  reactions: Reactions,
  messageId: Snowflake,
  mark: Mark,
): Promise<readonly string[] | "refused"> {
  const step = nextStep(mark);
  const standing = mark.standing ?? [];
  try {
    if (step?.type === "look") return (await reactions.own(messageId)).filter((emoji) => OURS.has(emoji));
    if (step?.type === "add") await reactions.add(messageId, step.emoji);
    if (step?.type === "remove") await reactions.remove(messageId, step.emoji);
  } catch {
    return "refused";
  }
  if (step?.type === "add") return [...standing, step.emoji];
  return standing.filter((emoji) => step?.type !== "remove" || emoji !== step.emoji);
}

function openEmoji({ state }: Turn, ahead: number): readonly string[] {
  if (ahead > 0) return [WAITS, ...(POSITIONS[ahead - 1] ?? [])];
  // Nothing of this channel is before it: it waits for a free agent, or for a usage limit to lift.
  return [state === "queued" ? WAITS : TAKEN];
}

const TAKEN = "👀";
const WAITS = "⏳";
const EXPIRED = "💤";
/** How many messages are before this one. */
const POSITIONS = ["1️⃣", "2️⃣", "3️⃣", "4️⃣", "5️⃣", "6️⃣", "7️⃣", "8️⃣", "9️⃣", "🔟"].map((emoji) => [emoji]);
const END_EMOJI: Partial<Record<Turn["state"], string>> = {
  delivering: TAKEN,
  answered: "✅",
  failed: "⚠️",
  cancelled: "🛑",
  expired: EXPIRED,
};
const OURS: ReadonlySet<string> = new Set([TAKEN, WAITS, ...POSITIONS.flat(), ...Object.values(END_EMOJI)]);

const PACE_MS = 300;

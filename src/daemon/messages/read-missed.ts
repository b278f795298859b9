import { type CatchUpLimits, type Fate, isLeftOut, planCatchUp } from "../../core/messages/catch-up.ts";
import type { IncomingMessage } from "../../core/messages/inbound.ts";
import type { Snowflake } from "../../core/projects/project.ts";
import type { CursorStore } from "../../core/turns/ledger.ts";
import type { Turn } from "../../core/turns/turn.ts";
import { oncePerAuthor } from "./once-per-author.ts";

/** Where missed messages are read; see src/discord/gateway/history.ts. */
export interface MissedMessages {
  after(channelId: Snowflake, cursor: Snowflake): Promise<readonly IncomingMessage[] | undefined>;
  withAuthor(message: IncomingMessage): Promise<IncomingMessage>;
  newest(channelId: Snowflake): Snowflake | undefined;
  threads(channelId: Snowflake, sinceMs: number): Promise<readonly Snowflake[]>;
}

export interface ReadMissedDeps {
  readonly history: MissedMessages;
  readonly cursors: CursorStore;
  /** Whether a message asks for anything, whoever wrote it. */
  readonly isMeant: (message: IncomingMessage) => boolean;
  readonly limits: CatchUpLimits;
  /** A message as it stands now, which may be later than it was read; undefined when it is gone. */
  readonly latestForm: (message: IncomingMessage) => IncomingMessage | undefined;
  /** The turn of a message that was left out, which is still to be told; `noticeOf`: with this earlier one. */
  readonly handle: (message: IncomingMessage, fate: Fate, noticeOf?: string) => Turn | undefined;
  readonly tell: (turn: Turn) => void;
  readonly now: () => number;
  readonly log: {
    info(message: string, fields?: object): void;
    warn(message: string, fields?: object): void;
  };
}

/**
 * Reads what stands in a channel after the cursor and handles what is meant for us, oldest first. False when the
 * channel is gone or can't be read. What fails can be done again: the cursor follows each message that is handled.
 */
export async function readMissed(
  channelId: Snowflake,
  cursor: Snowflake,
  deps: ReadMissedDeps,
): Promise<boolean> {
  const { history, cursors, latestForm } = deps;
  const missed: IncomingMessage[] = [];
  let newest = cursor;
  for (let page: readonly IncomingMessage[] | undefined; ; ) {
    page = await history.after(channelId, newest);
    if (page === undefined) {
      deps.log.warn("the channel is gone or can't be read", { conversation: channelId });
      return false;
    }
    missed.push(...page.filter(deps.isMeant));
    newest = page.at(-1)?.id ?? newest;
    if (page.length < PAGE) break;
  }
  const plan = planCatchUp(missed, deps.limits, deps.now());
  const withAuthor = oncePerAuthor(history.withAuthor);
  // One notice for all of them, and only once it is known for how many it stands.
  const untold: Turn[] = [];
  let noticeOf: string | undefined;
  try {
    for (const { message, fate } of plan) {
      if (!isLeftOut(fate)) for (const turn of untold.splice(0)) deps.tell(turn);
      const whole = await withAuthor(message);
      const latest = latestForm(whole);
      const leftOut = latest && deps.handle(latest, fate, noticeOf);
      noticeOf ??= leftOut?.id;
      if (leftOut !== undefined) untold.push(leftOut);
    }
  } finally {
    for (const turn of untold) deps.tell(turn);
  }
  if (plan.length > 0) {
    const expired = plan.filter(({ fate }) => isLeftOut(fate)).length;
    deps.log.info("caught up", { conversation: channelId, run: plan.length - expired, expired });
  }
  cursors.advance(channelId, newest);
  return true;
}

/** Discord gives at most 100 messages a request. */
const PAGE = 100;

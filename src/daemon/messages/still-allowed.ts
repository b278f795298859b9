import { setTimeout as delay } from "node:timers/promises";
import { type AccessPolicy, type Actor, decideAccess, type Refusal } from "../../core/access/access.ts";
import { snowflakeTimeMs } from "../../core/messages/catch-up.ts";
import type { Project, Snowflake } from "../../core/projects/project.ts";
import type { Turn } from "../../core/turns/turn.ts";

export interface StillAllowedDeps {
  readonly policy: () => AccessPolicy;
  readonly project: (projectName: string) => Project | undefined;
  readonly guildOf: (channelId: Snowflake) => Snowflake | undefined;
  /** A member as Discord has them now; rejects when that can't be known. */
  readonly member: (guildId: Snowflake, userId: Snowflake) => Promise<Actor>;
  readonly now: () => number;
  readonly log: {
    info(message: string, fields?: object): void;
    warn(message: string, fields?: object): void;
  };
  /** The first wait after Discord could not be asked; only tests change it. */
  readonly retryMs?: number;
}

/** What Discord said of the author with the message counts so long. */
const FRESH_MS = 2_000;
const RETRY_MS = 1_000;
const LONGEST_RETRY_MS = 60_000;

/**
 * Asks once more, when a turn's time has come, whether its author may talk: since they asked, they may have left,
 * lost a role or been timed out. Waits while Discord can't say. Rejects when `signal` is aborted.
 */
export function createStillAllowed(deps: StillAllowedDeps) {
  const asked = new Map<string, { readonly atMs: number; readonly actor: Promise<Actor> }>();

  /** Many turns of one person may come at once, after a restart for one: Discord is asked once for all of them. */
  const memberOf = (guildId: Snowflake, userId: Snowflake): Promise<Actor> => {
    for (const [key, { atMs }] of asked) if (deps.now() - atMs >= FRESH_MS) asked.delete(key);
    const key = `${guildId} ${userId}`;
    const known = asked.get(key);
    if (known !== undefined) return known.actor;
    const actor = deps.member(guildId, userId);
    asked.set(key, { atMs: deps.now(), actor });
    actor.catch(() => asked.delete(key));
    return actor;
  };

  return async (turn: Turn, signal: AbortSignal): Promise<Refusal | undefined> => {
    const { authorId } = turn;
    // What an agent began by itself belongs to a turn that was let through.
    if (authorId === undefined || isFresh(turn, deps.now())) return undefined;
    for (let attempt = 0; ; attempt += 1) {
      const project = deps.project(turn.projectName);
      // That it is gone is told as such.
      if (project === undefined) return undefined;
      try {
        // A channel that is not known is gone, or its guild has an outage: asking about the member tells which.
        const guildId = deps.guildOf(project.channelId) ?? turn.guildId;
        const actor = await memberOf(guildId, authorId);
        const decision = decideAccess(actor, "talk", { guildId, project }, deps.policy(), deps.now());
        if (decision.allowed) return undefined;
        const about = { turn_id: turn.id, user_id: authorId, project: project.name };
        deps.log.info("a waiting turn is not run", { ...about, reason: decision.reason });
        return decision.reason;
      } catch (error) {
        deps.log.warn("it can't be told yet who may talk", { turn_id: turn.id, error });
        const waitMs = Math.min((deps.retryMs ?? RETRY_MS) * 2 ** attempt, LONGEST_RETRY_MS);
        await delay(waitMs, undefined, { signal });
      }
    }
  };
}

/** An edit comes later than its message and says of itself when it was; a turn that began before has waited. */
function isFresh({ messageId, acceptedAtMs, editedAtMs, attempts }: Turn, nowMs: number): boolean {
  if (attempts > 0 || editedAtMs !== undefined) return false;
  const writtenMs = messageId === undefined ? acceptedAtMs : snowflakeTimeMs(messageId);
  return nowMs - Math.min(acceptedAtMs, writtenMs) < FRESH_MS;
}

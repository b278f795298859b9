import type { Snowflake } from "../projects/project.ts";
import type { Actor } from "./access.ts";

/** How much may be asked; 0 means that there is no such limit. */
export interface FloodLimits {
  readonly memberPerMinute: number;
  readonly projectPerMinute: number;
  /** For each bot that may talk: what answers an answer at once, and what does so slowly. */
  readonly botPerMinute: number;
  readonly botPerHour: number;
  /** Turns of one conversation that have not ended. */
  readonly waiting: number;
}

/** What was asked up to a moment; times are ms since the epoch. */
export interface Pressure {
  /** When this author asked something, also where that was refused: who does not stop is not let in again. */
  readonly byAuthor: readonly number[];
  /** When something was begun in this project. */
  readonly inProject: readonly number[];
  /** Turns of this conversation that have not ended. */
  readonly waiting: number;
}

/** Why something is not begun, though its author may talk. */
export interface Flood {
  readonly reason: "member_rate" | "bot_rate" | "project_rate" | "queue_full";
  readonly limit: number;
  readonly per: "minute" | "hour" | undefined;
  /** When it may be asked again (ms since the epoch), where that is known. */
  readonly againAtMs: number | undefined;
}

/**
 * The one rule on how much is too much; every way in which a turn begins asks it. `atMs` is when it was written, so
 * that what waited while the bot was away is judged by the pace at which people wrote it.
 */
export function decideFlood(
  kind: Actor["kind"],
  { byAuthor, inProject, waiting }: Pressure,
  limits: FloodLimits,
  atMs: number,
): Flood | undefined {
  const over = (reason: Flood["reason"], times: readonly number[], limit: number, per: "minute" | "hour") => {
    const windowMs = per === "minute" ? MINUTE_MS : HOUR_MS;
    const recent = times.filter((time) => time <= atMs && time > atMs - windowMs).sort((a, b) => b - a);
    const last = limit === 0 ? undefined : recent[limit - 1];
    return last === undefined ? undefined : { reason, limit, per, againAtMs: last + windowMs };
  };
  const byAuthorOver =
    kind === "member"
      ? over("member_rate", byAuthor, limits.memberPerMinute, "minute")
      : (over("bot_rate", byAuthor, limits.botPerHour, "hour") ??
        over("bot_rate", byAuthor, limits.botPerMinute, "minute"));
  if (byAuthorOver !== undefined) return byAuthorOver;
  const projectOver = over("project_rate", inProject, limits.projectPerMinute, "minute");
  if (projectOver !== undefined) return projectOver;
  if (limits.waiting === 0 || waiting < limits.waiting) return undefined;
  return { reason: "queue_full", limit: limits.waiting, per: undefined, againAtMs: undefined };
}

/** Something that somebody who may talk wants to begin. */
export interface Beginning {
  readonly authorId: Snowflake;
  readonly kind: Actor["kind"];
  readonly projectName: string;
  readonly conversationId: Snowflake;
  /** When it was written (ms since the epoch); now, unless given. */
  readonly atMs?: number;
  /** It came while the bot was away: how many of those run is for the catch-up to say, and no queue is too long. */
  readonly isMissed?: boolean;
}

export interface FloodGate {
  /** Counts it, and says why it may not begin; undefined when it may. */
  begin(beginning: Beginning): FloodRefusal | undefined;
}

export interface FloodRefusal extends Flood {
  /** Whether the last one of this author was let through: further ones tell them nothing new. */
  readonly isNew: boolean;
}

export interface FloodGateDeps {
  readonly limits: () => FloodLimits;
  /** Turns of a conversation that have not ended. */
  readonly waiting: (conversationId: Snowflake) => number;
  readonly now: () => number;
}

/** Remembers what the rule needs to know. It is forgotten with the process: nobody waits longer for that. */
export function createFloodGate({ limits, waiting, now }: FloodGateDeps): FloodGate {
  const authors = new Map<Snowflake, { times: readonly number[]; isRefused: boolean }>();
  const projects = new Map<string, readonly number[]>();
  return {
    begin: ({ authorId, kind, projectName, conversationId, atMs = now(), isMissed = false }) => {
      const rule = limits();
      const kept = Math.max(1, ...Object.values(rule));
      const known = authors.get(authorId) ?? { times: [], isRefused: false };
      const inProject = projects.get(projectName) ?? [];
      const pressure = {
        byAuthor: known.times,
        inProject,
        waiting: isMissed ? 0 : waiting(conversationId),
      };
      const flood = decideFlood(kind, pressure, rule, atMs);
      // Entered anew, so that those who were quiet the longest come first.
      authors.delete(authorId);
      authors.set(authorId, {
        times: [...known.times, atMs].slice(-kept),
        isRefused: flood !== undefined,
      });
      for (const [other, { times }] of authors) {
        if ((times.at(-1) ?? 0) > now() - HOUR_MS || authors.size <= MOST_REMEMBERED) break;
        authors.delete(other);
      }
      if (flood !== undefined) return { ...flood, isNew: !known.isRefused };
      projects.set(projectName, [...inProject, atMs].slice(-kept));
      return undefined;
    },
  };
}

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
/** Authors that are remembered even when they were quiet for an hour. */
const MOST_REMEMBERED = 1_000;

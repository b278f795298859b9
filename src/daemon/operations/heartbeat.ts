import { isDeepStrictEqual } from "node:util";
import type { Events } from "../../core/operations/events.ts";
import type { Heartbeat } from "../../sqlite/heartbeat.ts";
import { packageVersion } from "../package-version.ts";

/** What of a heartbeat changes while the daemon runs. */
export type Look = Pick<Heartbeat, "bot" | "state" | "agents" | "maxAgents">;

/** Writes how the daemon is into the database, for `claude-coord status`: the shell has no other way to it. */
export interface HeartbeatKeeper {
  /** From now on there is something to see besides that it starts. */
  watch(daemon: { claudeVersion: string; look: () => Look }): void;
  beat(): void;
  /** Says that it has stopped. */
  stop(): void;
}

export function keepHeartbeat({
  store,
  events,
  now,
  log,
}: {
  store: { beat(heartbeat: Heartbeat): void };
  events: Pick<Events, "listen">;
  now: () => number;
  log: { warn(message: string, fields?: object): void };
}): HeartbeatKeeper {
  const about = { pid: process.pid, version: packageVersion(), startedAtMs: now() };
  let claudeVersion: string | undefined;
  let look: () => Look = () => ({ bot: undefined, state: "starting", agents: NONE, maxAgents: 0 });
  let last: { seen: Look; sinceMs: number; beatAtMs: number } | undefined;

  const write = (seen: Look) => {
    const beatAtMs = now();
    const sinceMs = last?.seen.state === seen.state ? last.sinceMs : beatAtMs;
    last = { seen, sinceMs, beatAtMs };
    store.beat({ ...about, claudeVersion, ...seen, sinceMs, beatAtMs });
  };
  let isFailing = false;
  /** A full disk is told once, not each second. */
  const quietly = (work: () => void) => () => {
    try {
      work();
      isFailing = false;
    } catch (error) {
      if (!isFailing) log.warn("the heartbeat can't be written", { error });
      isFailing = true;
    }
  };
  const beat = quietly(() => write(look()));
  const beatIfChanged = quietly(() => {
    const seen = look();
    const isDue = last === undefined || now() - last.beatAtMs >= HEARTBEAT_MS;
    if (isDue || !isDeepStrictEqual(seen, last?.seen)) write(seen);
  });
  beat();
  const timer = setInterval(beatIfChanged, LOOK_MS);
  const unlisten = events.listen((event) => {
    if (event.type === "gateway") beatIfChanged();
  });
  return {
    watch: (daemon) => {
      claudeVersion = daemon.claudeVersion;
      look = daemon.look;
      beat();
    },
    beat,
    stop: () => {
      clearInterval(timer);
      unlisten();
      quietly(() => write({ ...look(), state: "stopped", agents: NONE }))();
    },
  };
}

/** Also when nothing changes; one that is three times as old is stale. */
export const HEARTBEAT_MS = 10_000;
const LOOK_MS = 1_000;
const NONE = { busy: 0, idle: 0, waiting: 0 };

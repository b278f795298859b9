import { writeSync } from "node:fs";

/** Where the daemon kills itself: before or after the n-th call of a store's method, counted from its start. */
export interface CrashPoint {
  /** Such as `ledger.end`. */
  readonly method: string;
  readonly when: "before" | "after";
  readonly call: number;
}

/** As the daemon is told of it: `ledger.end:after:2`. */
export function crashPointName({ method, when, call }: CrashPoint): string {
  return `${method}:${when}:${call}`;
}

/** A `watchStore` that dies at the point, as if the machine lost power there; does nothing without one. */
export function crashAt(name: string | undefined): <T extends object>(store: string, object: T) => T {
  const [wanted, when, call] = (name ?? "").split(":");
  let calls = 0;
  const die = () => {
    writeSync(1, `crashed at ${name}\n`);
    process.kill(process.pid, "SIGKILL");
  };
  return (store, object) =>
    new Proxy(object, {
      get: (target, key) => {
        const method: unknown = Reflect.get(target, key);
        if (typeof method !== "function" || `${store}.${String(key)}` !== wanted) return method;
        return (...parameters: unknown[]) => {
          calls += 1;
          if (when === "before" && calls === Number(call)) die();
          const result: unknown = method.apply(target, parameters);
          if (when === "after" && calls === Number(call)) die();
          return result;
        };
      },
    });
}

/** Every method of a store that writes; a test holds this list to the stores themselves. */
export const WRITES = [
  "ledger.accept",
  "ledger.move",
  "ledger.end",
  "ledger.record",
  "ledger.expire",
  "ledger.revive",
  "ledger.begun",
  "ledger.noteTool",
  "ledger.recover",
  "ledger.await",
  "ledger.revise",
  "sessions.currentOrNew",
  "sessions.markStarted",
  "sessions.replace",
  "sessions.reset",
  "sessions.resume",
  "sessions.fork",
  "sessions.rename",
  "deliveries.plan",
  "deliveries.sent",
  "deliveries.forget",
  "cursors.begin",
  "cursors.advance",
  "cursors.threadsSeen",
  "prompts.opened",
  "prompts.posted",
  "prompts.decide",
  "grants.add",
  "grants.remove",
  "material.setParts",
  "outgoing.add",
  "additions.begin",
  "additions.channelMade",
  "additions.end",
  "retention.prune",
  "retention.dropText",
  "alerts.raise",
  "alerts.clear",
  "alerts.told",
  "runs.begin",
  "runs.dies",
  "runs.end",
  "heartbeat.beat",
  "budgetReleases.release",
  "worktrees.plan",
  "worktrees.made",
  "worktrees.threadDeleted",
  "worktrees.offered",
  "worktrees.forget",
] as const;
export type Write = (typeof WRITES)[number];

/**
 * A crash at each of these is what a random run may begin with: around every write that any turn makes, the first
 * calls before the later ones, so that a few dozen runs in a row meet every kind.
 */
export const CRASH_POINTS: readonly CrashPoint[] = [
  ...around("ledger.accept", 2),
  ...around("sessions.currentOrNew", 1),
  ...around("ledger.move", 4),
  ...around("sessions.markStarted", 1),
  ...around("ledger.begun", 2),
  ...around("ledger.end", 2),
  ...around("ledger.recover", 1),
  ...around("deliveries.plan", 3),
  ...around("deliveries.sent", 3),
  ...around("cursors.advance", 3),
  ...around("cursors.threadsSeen", 1),
].sort((one, other) => one.call - other.call);

/** Of a life that no crash point ends. */
export const NEVER: CrashPoint = { method: "none", when: "before", call: 1 };

export function around(method: Write, calls: number): CrashPoint[] {
  return Array.from({ length: calls }, (_, index) => index + 1).flatMap((call): CrashPoint[] => [
    { method, when: "before", call },
    { method, when: "after", call },
  ]);
}

import { isoTime } from "../local-time.ts";
import type { Health } from "./judge.ts";
import type { Look } from "./look.ts";

/** What `status --json` prints; what is not known is null. */
export function statusJson(
  { heartbeat, queue, failures, disk }: Look,
  health: Health,
  version: string,
): object {
  return {
    ok: health === "running",
    health,
    version,
    daemon:
      heartbeat === undefined
        ? null
        : {
            pid: heartbeat.pid,
            version: heartbeat.version,
            claude_version: heartbeat.claudeVersion ?? null,
            bot: heartbeat.bot ?? null,
            state: heartbeat.state,
            since: isoTime(heartbeat.sinceMs),
            started_at: isoTime(heartbeat.startedAtMs),
            heard_at: isoTime(heartbeat.beatAtMs),
            agents: { ...heartbeat.agents, max: heartbeat.maxAgents },
          },
    queue: {
      running: queue.running,
      waiting: queue.waiting,
      delivering: queue.delivering,
      awaiting_a_person: queue.awaiting,
      oldest: isoTime(queue.oldestMs),
    },
    failures_24h: failures.length,
    last_failures: failures
      .slice(0, 3)
      .map(({ errorId, failureCode, projectName, endedAtMs, acceptedAtMs }) => ({
        error_id: errorId ?? null,
        failure: failureCode ?? null,
        project: projectName,
        at: isoTime(endedAtMs ?? acceptedAtMs),
      })),
    disk: {
      free_bytes: Number.isFinite(disk.freeBytes) ? disk.freeBytes : null,
      database_bytes: disk.databaseBytes,
    },
  };
}

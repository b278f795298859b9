import { HEARTBEAT_MS } from "../../daemon/operations/heartbeat.ts";
import type { Look } from "./look.ts";

/** How the bot is, in one word. */
export type Health =
  | "running"
  /** It runs, and Discord sends it nothing. */
  | "disconnected"
  | "starting"
  | "stopping"
  /** A process holds the lock and says nothing any more. */
  | "silent"
  | "stopped"
  /** It is gone, and did not say so. */
  | "died"
  | "never_started";

/** Judges what was seen; what the daemon says of itself counts only while it still says it. */
export function judge(
  { isRunning, heartbeat }: Pick<Look, "isRunning" | "heartbeat">,
  nowMs: number,
): Health {
  if (!isRunning) {
    if (heartbeat === undefined) return "never_started";
    return heartbeat.state === "stopped" ? "stopped" : "died";
  }
  if (heartbeat === undefined) return "starting";
  if (nowMs - heartbeat.beatAtMs > STALE_MS) return "silent";
  switch (heartbeat.state) {
    case "connected":
      return "running";
    case "disconnected":
      return "disconnected";
    case "stopping":
      return "stopping";
    // The lock is taken before the first beat of a new daemon.
    default:
      return "starting";
  }
}

const STALE_MS = 3 * HEARTBEAT_MS;

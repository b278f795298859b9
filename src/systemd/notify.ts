import { writeSync } from "node:fs";

/** Tells the service manager how the daemon is. Does nothing when no manager listens. */
export interface Notifier {
  /** What `systemctl start` waits for. */
  ready(status: string): void;
  /** The line that `systemctl status` shows. */
  status(text: string): void;
  stopping(status: string): void;
  /**
   * Pings at half the interval that the unit asks for, as long as the event loop turns and `isHealthy` says so;
   * without pings the manager kills and restarts the service. Returns what ends it.
   */
  startWatchdog(isHealthy: () => boolean): () => void;
}

export interface NotifierOptions {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly pid: number;
  /** The manager could not be told; at most once in a row. */
  readonly onError: (error: unknown) => void;
}

/**
 * Speaks sd_notify(3) over a connected datagram socket that was handed over under the name `notify`, by
 * systemd/notify-fd.pl or by the unit's OpenFile=. Node cannot open such a socket, and `systemd-notify` as a child
 * would need NotifyAccess=all, with which any command that Claude runs can pose as the service.
 */
export function createNotifier({ env, pid, onError }: NotifierOptions): Notifier {
  const fd = notifyDescriptor(env, pid);
  let isFailing = false;
  const send = (...assignments: readonly string[]) => {
    if (fd === undefined) return;
    try {
      writeSync(fd, assignments.join("\n"));
      isFailing = false;
    } catch (error) {
      // Nothing to repair here: without pings the manager starts us anew, with a new socket.
      if (!isFailing) onError(error);
      isFailing = true;
    }
  };

  return {
    ready: (status) => send("READY=1", statusLine(status)),
    status: (text) => send(statusLine(text)),
    stopping: (status) => send("STOPPING=1", statusLine(status)),
    startWatchdog: (isHealthy) => {
      const intervalMs = watchdogIntervalMs(env, pid);
      if (fd === undefined || intervalMs === undefined) return () => {};
      const timer = setInterval(() => {
        if (isHealthy()) send("WATCHDOG=1");
      }, intervalMs / 2);
      timer.unref();
      return () => clearInterval(timer);
    },
  };
}

/** The first descriptor that is handed over, as sd_listen_fds(3) says. */
const FIRST_DESCRIPTOR = 3;

function notifyDescriptor(env: NotifierOptions["env"], pid: number): number | undefined {
  if (Number(env.LISTEN_PID) !== pid) return undefined;
  const index = (env.LISTEN_FDNAMES ?? "").split(":").indexOf("notify");
  return index >= 0 && index < Number(env.LISTEN_FDS) ? FIRST_DESCRIPTOR + index : undefined;
}

function watchdogIntervalMs(env: NotifierOptions["env"], pid: number): number | undefined {
  // The variables are inherited, so they may speak of another process.
  if (env.WATCHDOG_PID !== undefined && Number(env.WATCHDOG_PID) !== pid) return undefined;
  const microseconds = Number(env.WATCHDOG_USEC);
  return microseconds > 0 ? microseconds / 1000 : undefined;
}

/** A newline would begin another assignment. */
function statusLine(text: string): string {
  return `STATUS=${text.replaceAll(/\s+/g, " ").trim()}`;
}

import { endProcesses } from "./end-processes.ts";
import { DAEMON_MARK, INSTANCE_MARK } from "./environment.ts";
import { findProcesses, readCommandLine, readStartTime } from "./process-table.ts";

/** A process that an agent of an earlier daemon left behind. */
export interface Orphan {
  readonly pid: number;
  readonly commandLine: string;
}

/**
 * Ends agents and their tools whose daemon is gone, and tells which; another daemon's are left alone. Settles when
 * they are gone, so that a session of theirs may be resumed.
 */
export async function sweepOrphans(instanceId: string, graceMs: number): Promise<Orphan[]> {
  const ours = await findProcesses((environment) => environment.get(INSTANCE_MARK) === instanceId);
  const orphans = await Promise.all(
    ours.map(async ({ pid, environment }) => {
      if (await isAlive(environment.get(DAEMON_MARK) ?? "")) return [];
      return [{ pid, commandLine: (await readCommandLine(pid)).join(" ").slice(0, 500) }];
    }),
  );
  const found = orphans.flat();
  await endProcesses(
    found.map((orphan) => orphan.pid),
    graceMs,
  );
  return found;
}

/** A pid alone may belong to another process by now. */
async function isAlive(daemon: string): Promise<boolean> {
  const [pid, startTime] = daemon.split(":");
  return (await readStartTime(Number(pid))) === startTime;
}

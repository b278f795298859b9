import { DAEMON_MARK, INSTANCE_MARK } from "../claude/environment.ts";
import { readStartTime } from "../claude/process-table.ts";
import { findSetpriv } from "../claude/setpriv.ts";
import type { DaemonContext } from "./context.ts";

export interface GitProcess {
  /** The daemon's own, with the marks by which the next start finds what a crash has left running of git. */
  readonly env: () => Promise<Readonly<Record<string, string | undefined>>>;
  /** Stands in front of `git`: it and what it starts end when the daemon is killed, where the machine can do that. */
  readonly launcher: () => Promise<readonly string[]>;
}

/** How git is started so that none of it outlives the daemon for long. */
export function gitProcess({ paths, env }: Pick<DaemonContext, "paths" | "env">): GitProcess {
  const setpriv = findSetpriv(env.PATH ?? "");
  return {
    env: async () => ({
      ...env,
      [INSTANCE_MARK]: paths.database,
      [DAEMON_MARK]: `${process.pid}:${(await readStartTime(process.pid)) ?? ""}`,
    }),
    launcher: async () => {
      const found = await setpriv;
      return found === undefined ? [] : [found, "--pdeathsig", "TERM"];
    },
  };
}

import { spawn } from "node:child_process";
import { existsSync, readFileSync, readlinkSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import Sqlite from "better-sqlite3";
import { type Environment, findPaths, type Paths } from "../../config/paths.ts";
import { CoordError } from "../../core/operations/errors.ts";
import { type Heartbeat, readHeartbeat } from "../../sqlite/heartbeat.ts";
import { isInstanceRunning } from "../../sqlite/instance-running.ts";
import { findAccount } from "../service/account.ts";
import { findManager, type Manager, UNIT } from "../service/manager.ts";
import { startUnit } from "../service/start-unit.ts";

/** The bot that runs from this installation, and how it is stopped and started. */
export interface RunningBot {
  readonly paths: Paths;
  readonly env: Environment;
  /** Undefined when none runs: then nothing is stopped or started. */
  readonly process:
    | {
        readonly what: string;
        /** Lets running turns end, as any stop does; settles when it is gone. */
        stop(): Promise<void>;
        /** Settles when it may be getting ready; throws when it surely is not. */
        start(): Promise<void>;
      }
    | undefined;
}

/** Finds it: as a service of the machine, as one of this user, or as a process of this user. */
export async function findRunningBot(env: Environment, configFlag: string | undefined): Promise<RunningBot> {
  for (const user of existsSync("/run/systemd/system") ? [false, true] : []) {
    const manager = await findManager({ user }, env);
    const shown = await manager.run("systemctl", [
      ...(user ? ["--user"] : []),
      ...["show", UNIT, "--property=MainPID,ActiveState,User"],
    ]);
    if (!/^ActiveState=(active|activating|reloading)$/m.test(shown.stdout)) continue;
    if (!user && process.getuid?.() !== 0) {
      throw new CoordError("usage", "The bot is a service of this machine: run it with sudo.");
    }
    const name = /^User=(.+)$/m.exec(shown.stdout)?.[1];
    const account = name === undefined ? undefined : await findAccount(name);
    const own = account === undefined ? env : { HOME: account.home, PATH: env.PATH };
    return { paths: findPaths({ env: own, configFlag }), env: own, process: asService(manager) };
  }
  const paths = findPaths({ env, configFlag });
  return { paths, env, process: isInstanceRunning(paths.lock) ? asProcess(paths) : undefined };
}

/** What the daemon of this database last said. */
export function lastBeat({ database }: Pick<Paths, "database">): Heartbeat | undefined {
  if (!existsSync(database)) return undefined;
  const db = new Sqlite(database, { readonly: true, fileMustExist: true });
  try {
    return readHeartbeat(db);
  } catch {
    // Of a version that had none.
    return undefined;
  } finally {
    db.close();
  }
}

function asService(manager: Manager): RunningBot["process"] {
  return {
    what: `the service ${UNIT}`,
    stop: async () => void (await manager.systemctl("stop", UNIT)),
    start: async () => {
      try {
        await startUnit(manager, "start");
      } catch (error) {
        // systemd would try again while the old version is put back.
        await manager.systemctl("stop", UNIT);
        throw error;
      }
    },
  };
}

/** Starts it again as it was started: the same command line, variables and folder, in the background. */
function asProcess(paths: Paths): RunningBot["process"] {
  const pid = lastBeat(paths)?.pid;
  if (pid === undefined)
    throw new CoordError("upgrade_failed", "The bot that runs does not tell its process: stop it first.");
  const words = zeroSeparated(`/proc/${pid}/cmdline`);
  const env = Object.fromEntries(
    zeroSeparated(`/proc/${pid}/environ`).map((entry) => {
      const at = entry.indexOf("=");
      return [entry.slice(0, at), entry.slice(at + 1)];
    }),
  );
  const cwd = readlinkSync(`/proc/${pid}/cwd`);
  const [command = process.execPath, ...args] = words;
  return {
    what: `process ${pid}`,
    stop: async () => {
      process.kill(lastBeat(paths)?.pid ?? pid, "SIGTERM");
      const deadline = performance.now() + STOP_MS;
      while (isInstanceRunning(paths.lock)) {
        if (performance.now() > deadline) throw new CoordError("upgrade_failed", "The bot does not stop.");
        await delay(100);
      }
    },
    start: async () => {
      const child = spawn(command, args, { cwd, env, detached: true, stdio: "ignore" });
      const failed = new Promise<never>((_resolve, reject) => {
        child.once("error", reject);
        child.once("exit", (code) => {
          reject(new CoordError("upgrade_failed", `It ended with exit code ${code}. See: claude-coord logs`));
        });
      });
      const up = (async () => {
        while (!isInstanceRunning(paths.lock)) await delay(100);
        // Most that fails does so before Discord is asked.
        await delay(SETTLE_MS);
      })();
      try {
        await Promise.race([up, failed]);
      } finally {
        failed.catch(() => {});
        child.unref();
      }
    },
  };
}

const STOP_MS = 5 * 60_000;
const SETTLE_MS = 1_000;

function zeroSeparated(file: string): string[] {
  return readFileSync(file, "utf8")
    .split("\0")
    .filter((part) => part !== "");
}

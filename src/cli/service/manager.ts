import { join } from "node:path";
import type { Environment } from "../../config/paths.ts";
import { CoordError } from "../../core/operations/errors.ts";
import { type CommandResult, mustRun, runCommand } from "./run-command.ts";

/** The systemd that runs the service: the machine's, or the user's own. */
export interface Manager {
  readonly isSystem: boolean;
  /** Where its unit belongs. */
  readonly unitFile: string;
  /** 252, 257, … */
  readonly version: number;
  /** Throws service_failed with what systemctl said. */
  systemctl(...args: readonly string[]): Promise<string>;
  /** Never throws. */
  run(command: string, args: readonly string[]): Promise<CommandResult>;
}

export const UNIT = "claude-coord.service";

/** Finds the service manager; works, apart from `systemctl`, also where systemd does not run. */
export async function findManager(options: { user?: boolean }, env: Environment): Promise<Manager> {
  const isSystem = !options.user;
  const home = env.XDG_CONFIG_HOME ?? join(env.HOME ?? "/", ".config");
  // systemctl finds the user's own manager by this variable.
  const runtime: Record<string, string> =
    env.XDG_RUNTIME_DIR === undefined ? {} : { XDG_RUNTIME_DIR: env.XDG_RUNTIME_DIR };
  const scope = isSystem ? [] : ["--user"];
  return {
    isSystem,
    unitFile: isSystem ? join("/etc/systemd/system", UNIT) : join(home, "systemd/user", UNIT),
    version: await systemdVersion(),
    systemctl: (...args) => mustRun("systemctl", [...scope, ...args], runtime),
    run: (command, args) => runCommand(command, args, runtime),
  };
}

async function systemdVersion(): Promise<number> {
  const { stdout } = await runCommand("systemctl", ["--version"]);
  const version = /^systemd (\d+)/.exec(stdout)?.[1];
  if (version === undefined) {
    throw new CoordError(
      "service_failed",
      "There is no systemd here. Run `claude-coord serve` under the supervisor that this machine has.",
    );
  }
  return Number(version);
}

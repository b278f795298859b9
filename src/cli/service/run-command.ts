import { execFile } from "node:child_process";
import { CoordError } from "../../core/operations/errors.ts";

export interface CommandResult {
  /** 127 when there is no such command. */
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a program of the system, without a shell; never throws. Its messages are in English. */
export function runCommand(
  command: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<CommandResult> {
  const options = { encoding: "utf8", env: { PATH: SYSTEM_PATH, LC_ALL: "C.UTF-8", ...env } } as const;
  return new Promise((resolve) => {
    execFile(command, [...args], options, (error, stdout, stderr) => {
      const code = error === null ? 0 : typeof error.code === "number" ? error.code : NO_SUCH_COMMAND;
      resolve({ code, stdout, stderr });
    });
  });
}

/** As runCommand; throws service_failed with what the program said unless it succeeds. */
export async function mustRun(
  command: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<string> {
  const { code, stdout, stderr } = await runCommand(command, args, env);
  if (code === 0) return stdout;
  const line = [command, ...args].join(" ");
  const said = code === NO_SUCH_COMMAND ? "there is no such command" : (stderr || stdout).trim();
  throw new CoordError("service_failed", `This did not work: ${line}\n${said}`);
}

/** Root's own, whatever the caller's PATH is. */
const SYSTEM_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
const NO_SUCH_COMMAND = 127;

import { execFile } from "node:child_process";
import type { Environment } from "../../config/paths.ts";
import { CoordError } from "../../core/operations/errors.ts";

/** Runs git, npm or node with the person's own environment; throws what it said unless it succeeds. */
export function run(
  [command, ...args]: readonly [string, ...string[]],
  { cwd, env }: { cwd: string; env: Environment },
): Promise<string> {
  const options = { cwd, env: { ...env }, maxBuffer: 64 * 2 ** 20 } as const;
  return new Promise((resolve, reject) => {
    execFile(command, args, options, (error, stdout, stderr) => {
      if (error === null) return resolve(stdout);
      const said = `${stderr}\n${stdout}`.trim().split("\n").slice(-MOST_LINES).join("\n") || error.message;
      reject(
        new CoordError("upgrade_failed", `This did not work: ${[command, ...args].join(" ")}\n${said}`, {
          cause: error,
        }),
      );
    });
  });
}

const MOST_LINES = 15;

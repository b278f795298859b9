import { execFile } from "node:child_process";
import { stat } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { configPaths } from "./config-file.ts";
import { claudeEnvironment, type EnvironmentOptions } from "./environment.ts";
import { findExecutable } from "./executable.ts";

const login = z.object({
  loggedIn: z.boolean(),
  authMethod: z.string(),
  /** When a login of claude.ai ends; told only while that is to come. */
  loginExpiresAt: z.string().nullish(),
});

/** How the CLI would log in: `none`, `api_key`, `oauth_token`, `claude.ai` and what it may add. */
export type ClaudeLogin = z.infer<typeof login> & {
  /** Changes when somebody logs in anew. */
  readonly fingerprint: string;
};

/**
 * Whether a login is configured, without a request to the model; one that has expired still counts. Undefined when
 * the CLI can't tell.
 */
export async function readLogin(
  options: EnvironmentOptions & { command: string },
): Promise<ClaudeLogin | undefined> {
  const executable = await findExecutable(options.command, options.path);
  if (executable === undefined) return undefined;
  const settings = { env: claudeEnvironment(options), timeout: TIMEOUT_MS, killSignal: "SIGKILL" } as const;
  const output = await new Promise<string>((resolve) => {
    // Not logged in is exit code 1, with the same answer.
    const child = execFile(executable, ["auth", "status"], settings, (_error, stdout) => resolve(stdout));
    child.stdin?.end();
  });
  const answer = parseLogin(output);
  if (answer === undefined) return undefined;
  const { directory } = configPaths(options.home, options.configDir);
  const changedAt = await modifiedAtMs(join(directory, ".credentials.json"));
  return { ...answer, fingerprint: [answer.authMethod, answer.loginExpiresAt, changedAt].join(" ") };
}

const TIMEOUT_MS = 20_000;

/** What `claude auth status` prints; undefined for anything else. */
export function parseLogin(output: string): z.infer<typeof login> | undefined {
  try {
    return login.safeParse(JSON.parse(output)).data;
  } catch {
    return undefined;
  }
}

async function modifiedAtMs(file: string): Promise<number | undefined> {
  try {
    return (await stat(file)).mtimeMs;
  } catch {
    return undefined;
  }
}

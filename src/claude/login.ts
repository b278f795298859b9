import { execFile } from "node:child_process";
import { z } from "zod";
import { claudeEnvironment, type EnvironmentOptions } from "./environment.ts";
import { findExecutable } from "./executable.ts";

const login = z.object({ loggedIn: z.boolean(), authMethod: z.string() });

/** How the CLI would log in: `none`, `api_key`, `oauth_token`, `claude.ai` and what it may add. */
export type ClaudeLogin = z.infer<typeof login>;

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
    execFile(executable, ["auth", "status"], settings, (_error, stdout) => resolve(stdout));
  });
  return parseLogin(output);
}

const TIMEOUT_MS = 20_000;

/** What `claude auth status` prints; undefined for anything else. */
export function parseLogin(output: string): ClaudeLogin | undefined {
  try {
    return login.safeParse(JSON.parse(output)).data;
  } catch {
    return undefined;
  }
}

import { execFile } from "node:child_process";
import { findExecutable } from "../../claude/executable.ts";
import { parseLogin } from "../../claude/login.ts";
import { judgeVersion, OLDEST_VERSION, parseVersion } from "../../claude/version.ts";
import type { Environment } from "../../config/paths.ts";
import { withPrivateFolder } from "../private-folder.ts";
import { toolPath } from "../service/tool-path.ts";
import type { Place, ServiceAccount } from "./place.ts";

/** The CLI, as the user that the bot runs as will find it. */
export interface ClaudeCli {
  readonly executable: string | undefined;
  /** Undefined for what is no working CLI. */
  readonly version: string | undefined;
  /** What is wrong and what to do; undefined for a CLI that agents can run on. */
  readonly problem: string | undefined;
}

/** Looks for the CLI in the bot's own PATH. */
export async function findClaudeCli(command: string, { env, account }: Place): Promise<ClaudeCli> {
  const path = botPath(env, account);
  const executable = await findExecutable(command, path);
  if (executable === undefined) {
    const why = `Claude Code is not installed: there is no "${command}" in ${path}.`;
    return { executable, version: undefined, problem: `${why}\n  ${INSTALL}` };
  }
  // It may write into its home, which is to be nobody else's.
  const said = await withPrivateFolder((home) => run(executable, ["--version"], { PATH: path, HOME: home }));
  const version = parseVersion(said);
  if (version === undefined) {
    return {
      executable,
      version,
      problem: `${executable} --version does not tell a version.\n  ${INSTALL}`,
    };
  }
  const isOld = judgeVersion(version) === "too_old";
  const problem = `Claude Code ${version} is older than ${OLDEST_VERSION}.\n  ${INSTALL}`;
  return { executable, version, problem: isOld ? problem : undefined };
}

/** How the bot's user is logged in: the method's name, `none`, or undefined when the CLI can't tell. */
export async function findLogin(
  executable: string,
  place: Place,
  claudeEnv: Readonly<Record<string, string>>,
): Promise<string | undefined> {
  // A user that is still to be made has no login.
  if (place.account !== undefined && place.account.uid === undefined) return "none";
  const { command, args, env } = asBotUser([executable, "auth", "status"], place, claudeEnv);
  const login = parseLogin(await run(command, args, env));
  if (login === undefined) return undefined;
  return login.loggedIn ? login.authMethod : "none";
}

/** A command line that runs as the bot's user, with its home and PATH and nothing of ours. */
export function asBotUser(
  [program, ...rest]: readonly [string, ...string[]],
  { env, account }: Place,
  extra: Readonly<Record<string, string>> = {},
): { command: string; args: string[]; env: Record<string, string> } {
  const own: Record<string, string> = {
    PATH: botPath(env, account),
    HOME: env.HOME ?? "/",
    ...(env.LANG === undefined ? {} : { LANG: env.LANG }),
    ...(env.TERM === undefined ? {} : { TERM: env.TERM }),
    ...extra,
  };
  if (account === undefined) return { command: program, args: rest, env: own };
  return { command: "runuser", args: ["-u", account.name, "--", program, ...rest], env: own };
}

/** What a person types to log Claude in for the bot. */
export function loginCommand({ account }: Pick<Place, "account">): string {
  return account === undefined
    ? "claude auth login"
    : `su - ${account.name} -s /bin/bash -c 'claude auth login'`;
}

const INSTALL = "Install it: npm install --global @anthropic-ai/claude-code@latest";
const TIMEOUT_MS = 30_000;

function botPath(env: Environment, account: ServiceAccount | undefined): string {
  const callersPath = env.PATH ?? "";
  if (account === undefined) return callersPath;
  return toolPath({ callersPath, node: process.execPath, home: account.home, isSystemUnit: true });
}

/** What the program prints, whatever it thinks of it. */
function run(command: string, args: readonly string[], env: Record<string, string>): Promise<string> {
  const options = { env, timeout: TIMEOUT_MS, killSignal: "SIGKILL", cwd: "/" } as const;
  return new Promise((resolve) => {
    execFile(command, [...args], options, (_error, stdout) => resolve(stdout));
  });
}

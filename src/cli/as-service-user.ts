import { execFile } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { promisify } from "node:util";
import { type Environment, findPaths } from "../config/paths.ts";
import { unitTokenFile } from "./doctor/unit-token-file.ts";
import { runInForeground } from "./foreground.ts";
import { findAccount } from "./service/account.ts";
import { unitUser } from "./service/unit-user.ts";
import type { Terminal } from "./terminal.ts";

/**
 * Where root set up a service for a user of its own, root's commands about the bot run as that user: they find its
 * home, and leave no file of root's in it. Returns the exit code; undefined for what root does itself.
 */
export async function runAsServiceUser(
  words: readonly string[],
  terminal: Terminal,
): Promise<number | undefined> {
  const { env } = terminal;
  const name = serviceUserFor(words, env, process.getuid?.());
  const account = name === undefined ? undefined : await findAccount(name);
  if (account === undefined || account.uid === 0) return undefined;
  const as = ["-u", account.name, "--"];
  const isOpen = await promisify(execFile)("runuser", [...as, "test", "-w", "."]).then(
    () => true,
    () => false,
  );
  if (!isOpen && NAMES_FILES.has(words[0] ?? "")) terminal.explain(`As ${account.name}, in ${account.home}.`);
  const command = [process.execPath, process.argv[1] ?? "", ...words];
  const own = { HOME: account.home, USER: account.name, LOGNAME: account.name };
  return runInForeground(
    "runuser",
    [...as, ...command],
    {
      env: { ...passedOn(env), ...own, ...(words[0] === "doctor" ? serviceToken() : {}) },
      ...(isOpen ? {} : { cwd: account.home }),
    },
    terminal,
  );
}

/** Whose bot the words are about; undefined when they are about root's own, or about the machine. */
export function serviceUserFor(
  words: readonly string[],
  env: Environment,
  userId: number | undefined,
  unitFile?: string,
): string | undefined {
  if (userId !== 0 || !ABOUT_THE_BOT.has(words[0] ?? "")) return undefined;
  if (env.CLAUDE_COORD_HOME || env.CONFIG_PATH || words.some((word) => /^--config\b/.test(word)))
    return undefined;
  return existsSync(findPaths({ env }).config) ? undefined : unitUser(unitFile);
}

/** The others make the machine as the bot needs it, or begin something new. */
const ABOUT_THE_BOT: ReadonlySet<string> = new Set([
  "status",
  "project",
  "sessions",
  "config",
  "doctor",
  "logs",
  "errors",
  "audit",
  "usage",
  "backup",
  "restore",
]);

/** For these it matters which folder one is in. */
const NAMES_FILES: ReadonlySet<string> = new Set(["project", "sessions", "backup", "restore"]);

/** The rest of root's variables is nobody else's business. */
function passedOn(env: Environment): Environment {
  return Object.fromEntries(Object.entries(env).filter(([name]) => PASSED_ON.test(name)));
}

const PASSED_ON = /^(PATH|LANG|LANGUAGE|LC_\w+|TZ|TERM|COLORTERM|NO_COLOR|FORCE_COLOR|EDITOR|VISUAL|PAGER)$/;

/** So that Discord can be asked too. */
function serviceToken(): Environment {
  const file = unitTokenFile();
  return file !== undefined && existsSync(file) ? { DISCORD_TOKEN: readFileSync(file, "utf8").trim() } : {};
}

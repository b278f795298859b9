import { execFile } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { promisify } from "node:util";
import type { Environment } from "../config/paths.ts";
import { unitTokenFile } from "./doctor/unit-token-file.ts";
import { runInForeground } from "./foreground.ts";
import { findAccount } from "./service/account.ts";
import type { Terminal } from "./terminal.ts";

/** Runs root's command about the bot as the service's user, and returns its exit code; undefined for want of one. */
export async function runAsServiceUser(
  name: string,
  words: readonly string[],
  terminal: Terminal,
): Promise<number | undefined> {
  const { env } = terminal;
  const account = await findAccount(name);
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

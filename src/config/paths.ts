import { existsSync } from "node:fs";
import { homedir } from "node:os";
import { join, resolve } from "node:path";

/** Variables of a process, as `process.env` has them. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** Where the service keeps its things; all absolute. */
export interface Paths {
  readonly home: string;
  readonly config: string;
  readonly database: string;
  readonly log: string;
  /** Who did what. */
  readonly audit: string;
  /** Held by the running daemon. */
  readonly lock: string;
  /** Folder of the files that came with messages. */
  readonly files: string;
  /** Folder of the working copies that threads have. */
  readonly worktrees: string;
}

/** Where an older guide put config.yaml; read only when there is none in the home. */
const OLD_CONFIG = "/opt/projects/claude-coordinator/config.yaml";

/**
 * Finds the paths from the `--config` flag and the environment. For config.yaml in this order: the flag,
 * CONFIG_PATH, CLAUDE_COORD_HOME, `~/.claude-coordinator`; it need not exist.
 */
export function findPaths({
  env,
  configFlag,
  oldConfig = OLD_CONFIG,
}: {
  env: Environment;
  configFlag?: string | undefined;
  oldConfig?: string;
}): Paths {
  const ownHome = env.CLAUDE_COORD_HOME;
  const home = ownHome ? fullPath(ownHome, env) : join(userHome(env), ".claude-coordinator");
  const named = configFlag || env.CONFIG_PATH;
  const inHome = join(home, "config.yaml");
  const useOld = !ownHome && !existsSync(inHome) && existsSync(oldConfig);
  return {
    home,
    config: named ? fullPath(named, env) : useOld ? oldConfig : inHome,
    database: join(home, "sessions.db"),
    log: join(home, "logs", "bot.log"),
    audit: join(home, "logs", "audit.jsonl"),
    lock: join(home, "sessions.lock"),
    files: join(home, "files"),
    worktrees: join(home, "worktrees"),
  };
}

/** Puts the home folder of the process's user in place of a leading `~`; other text is returned as it is. */
export function expandHome(path: string, env: Environment): string {
  if (path === "~") return userHome(env);
  return path.startsWith("~/") ? join(userHome(env), path.slice(2)) : path;
}

function fullPath(path: string, env: Environment): string {
  return resolve(expandHome(path, env));
}

function userHome(env: Environment): string {
  return env.HOME || homedir();
}

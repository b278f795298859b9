import { realpathSync, statSync } from "node:fs";
import { dirname, sep } from "node:path";
import type { Config } from "../../../config/config.ts";
import { type Finding, ok, problem, warning } from "../finding.ts";

/**
 * Whether what Claude runs can change the bot's own rules. Agents have the daemon's user, so they can wherever that
 * user may write; that a project's folder holds the config makes it a matter of one accepted edit.
 */
export function checkConfigOwner(
  { config, home }: { readonly config: string; readonly home: string },
  serviceUid: number,
  projects: Config["projects"],
): Finding[] {
  const inside = projects.filter(
    ({ projectDir }) => isInside(config, projectDir) || isInside(home, projectDir),
  );
  const within = inside.map(({ name, projectDir }) =>
    problem(
      "security.config",
      `${name}: its folder ${projectDir} holds the bot's own files, so that Claude may edit them as the project's`,
      "Give the project a folder beside them: claude-coord config edit",
    ),
  );
  if (within.length > 0) return within;
  if (!mayWrite(config, serviceUid)) {
    return [ok("security.config", `${config} can't be changed by the user that Claude's commands run as`)];
  }
  return [
    warning(
      "security.config",
      `commands that Claude runs have the bot's user, who can change ${config}: who may talk, what is asked about`,
      "Claude Code's sandbox keeps commands from it (docs/security.md, The bot and its agents are one user); " +
        "or let root own the file where the bot only reads it, and give up /model, /permissions and /add-project",
    ),
  ];
}

function isInside(path: string, folder: string): boolean {
  const [real, within] = [realPath(path), realPath(folder)];
  return real === within || real.startsWith(within === sep ? sep : `${within}${sep}`);
}

function realPath(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}

/** Who may write to the folder can put another file in its place. */
function mayWrite(file: string, uid: number): boolean {
  return [file, dirname(file)].some((path) => {
    const entry = statSync(path, { throwIfNoEntry: false });
    return entry !== undefined && (uid === 0 || entry.uid === uid || (entry.mode & 0o002) !== 0);
  });
}

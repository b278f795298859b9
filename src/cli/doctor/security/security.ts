import { existsSync, readFileSync, statSync } from "node:fs";
import { dirname, isAbsolute, join } from "node:path";
import { writtenSecrets } from "../../../config/left-out.ts";
import type { CheckedConfig } from "../../../config/load.ts";
import { type Environment, expandHome, type Paths } from "../../../config/paths.ts";
import { problemLine } from "../../../config/problems.ts";
import { secretsOf } from "../../../config/secrets.ts";
import { type Finding, problem } from "../finding.ts";
import { unitTokenFile } from "../unit-token-file.ts";
import { checkAudit } from "./check-audit.ts";
import { checkConfigOwner } from "./check-config-owner.ts";
import { checkHistory } from "./check-history.ts";
import { checkListen } from "./check-listen.ts";
import { checkModes, filesIn, type WatchedFile } from "./check-modes.ts";
import { checkOpenAccess } from "./check-open-access.ts";
import { checkUnit } from "./check-unit.ts";
import { accountOf, checkUser } from "./check-user.ts";

/** Where this machine says who its users are and what systemd runs. */
export interface Host {
  readonly passwdFile: string;
  readonly unitFile: string;
}

export const THIS_HOST: Host = {
  passwdFile: "/etc/passwd",
  unitFile: "/etc/systemd/system/claude-coord.service",
};

/** Everything that lets in more than most people want. Looks at this machine alone, and asks nobody. */
export async function checkSecurity(
  checked: CheckedConfig,
  paths: Paths,
  env: Environment,
  host: Host = THIS_HOST,
): Promise<Finding[]> {
  const config = checked.ok ? checked.config : undefined;
  const refused = checked.ok
    ? []
    : checked.problems.map((each) =>
        problem(
          "security.refused",
          problemLine({ ...each, advice: undefined }),
          each.advice ?? "claude-coord config edit",
        ),
      );
  // The home belongs to the user that the service runs as; the config may be root's.
  const owned = [paths.home, paths.config].find((path) => existsSync(path));
  const uid = owned === undefined ? process.getuid?.() : statSync(owned).uid;
  const account = uid === undefined ? undefined : accountOf(uid, textOf(host.passwdFile));
  const homes = [env.HOME ?? "", account?.home ?? ""].filter((home) => home !== "");
  // Of a config that is refused too: it may be refused because others can read it.
  const known = config === undefined ? writtenSecrets(textOf(paths.config)) : secretsOf(config);
  const secrets = [...known, env.DISCORD_TOKEN ?? ""];
  return [
    ...refused,
    ...checkModes(watchedFiles(paths, env, host), uid),
    ...(uid === undefined ? [] : checkUser(uid, account, config)),
    ...(config === undefined ? [] : checkOpenAccess(config)),
    ...(uid === undefined || config === undefined ? [] : checkConfigOwner(paths, uid, config.projects)),
    ...checkHistory(
      homes,
      secrets.filter((secret) => secret !== ""),
    ),
    ...(config === undefined ? [] : checkListen(config)),
    await checkUnit(host.unitFile),
    await checkAudit(paths),
  ];
}

function watchedFiles(
  { home, config, database, lock, log }: Paths,
  env: Environment,
  host: Host,
): WatchedFile[] {
  const file = (what: string, path: string, holdsSecrets = false) => ({ what, path, holdsSecrets });
  const [, tokenFile = ""] = /^\s+token_file:\s*["']?([^"'#\s]+)/m.exec(textOf(config)) ?? [];
  const token = [expandHome(tokenFile, env), unitTokenFile(host.unitFile) ?? ""].filter((path) =>
    isAbsolute(path),
  );
  return [
    file("the bot's folder", home),
    file("the config", config, true),
    ...token.map((path) => file("the bot's token", path, true)),
    ...[...new Set([join(home, ".env"), join(dirname(config), ".env")])].map((path) =>
      file("an .env", path, true),
    ),
    ...["", "-wal", "-shm"].map((part) => file("the database", `${database}${part}`)),
    file("the lock", lock),
    file("the folder of the logs", dirname(log)),
    ...filesIn(dirname(log), "a log"),
    ...filesIn(join(home, "backups"), "a backup"),
  ];
}

function textOf(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "";
  }
}

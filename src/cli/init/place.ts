import { existsSync } from "node:fs";
import type { Config } from "../../config/config.ts";
import { checkConfig } from "../../config/load.ts";
import { type Environment, findPaths, type Paths } from "../../config/paths.ts";
import { formatProblems } from "../../config/problems.ts";
import { CoordError } from "../../core/operations/errors.ts";
import { type Account, findAccount } from "../service/account.ts";
import type { Terminal } from "../terminal.ts";
import type { Asker } from "./asker.ts";
import type { InitOptions, ServiceKind } from "./init-options.ts";
import type { Talk } from "./talk.ts";

/** Where the bot will live on this machine. */
export interface Place {
  readonly paths: Paths;
  /** Undefined: to be asked at the end. */
  readonly service: ServiceKind | undefined;
  /** Whom the service of the machine runs as; undefined when it is this user. */
  readonly account: ServiceAccount | undefined;
  /** The bot's own environment: another user has another home. */
  readonly env: Environment;
  /** The config that is there already. */
  readonly existing: Config | undefined;
}

/** `uid` is undefined for a user that is still to be made. */
export interface ServiceAccount extends Pick<Account, "name" | "home"> {
  readonly uid: number | undefined;
  readonly gid: number | undefined;
}

/** Decides whose bot it is, and reads what is there. Throws config_invalid for a file that must be mended first. */
export async function findPlace(
  options: InitOptions,
  asker: Asker,
  talk: Talk,
  terminal: Terminal,
): Promise<Place> {
  const service = await serviceOf(options, asker, talk, terminal.env);
  const account = service === "system" ? await accountOf(options.serviceUser) : undefined;
  const env = account === undefined ? terminal.env : { ...withoutOurs(terminal.env), HOME: account.home };
  const paths = findPaths({ env, configFlag: options.config });
  if (!existsSync(paths.config)) return { paths, service, account, env, existing: undefined };
  const checked = checkConfig({ path: paths.config, env, needsToken: false });
  if (!checked.ok) {
    throw new CoordError(
      checked.code,
      `${formatProblems(checked.problems)}\n\nMend it first: claude-coord config edit`,
    );
  }
  return { paths, service, account, env, existing: checked.config };
}

/** Whether systemd is at work on this machine. */
export function hasSystemd(): boolean {
  return existsSync("/run/systemd/system");
}

async function serviceOf(
  options: InitOptions,
  asker: Asker,
  talk: Talk,
  env: Environment,
): Promise<ServiceKind | undefined> {
  const isRoot = process.getuid?.() === 0;
  if (options.service === "system" && !isRoot) {
    throw new CoordError("usage", "--service system needs root: run it with sudo, or give --service user.");
  }
  if (options.service !== undefined && options.service !== "none" && !hasSystemd()) {
    throw new CoordError(
      "usage",
      `--service ${options.service}: there is no systemd here. Give --service none.`,
    );
  }
  if (options.service !== undefined) return options.service;
  if (!hasSystemd()) return "none";
  // Who names the places has decided whose bot it is.
  if (!isRoot || env.CLAUDE_COORD_HOME || env.CONFIG_PATH) return undefined;
  talk.say(
    "Claude runs commands as the user that the bot runs as. As root, it could change this whole machine; a user of " +
      "its own sees only its home and the projects.",
  );
  return asker.answer<ServiceKind>({
    given: undefined,
    flag: "--service",
    recommended: "system",
    ask: (prompts) =>
      prompts.choose<ServiceKind>("As whom does the bot run?", [
        {
          value: "system",
          name: `${options.serviceUser}, a user of its own, as a service (recommended)`,
          description: "The user is made if it is not there; systemd starts the bot with the machine.",
        },
        { value: "none", name: "root, without a service" },
      ]),
  });
}

async function accountOf(name: string): Promise<ServiceAccount> {
  if (!/^[a-z_][a-z0-9_-]*$/.test(name)) {
    throw new CoordError(
      "usage",
      `--service-user ${name}: expected small letters, digits, - and _, such as discord-bot.`,
    );
  }
  const found = await findAccount(name);
  if (found?.uid === 0) {
    throw new CoordError("usage", "The service must not run as root: Claude runs commands as its user.");
  }
  return found ?? { name, home: `/home/${name}`, uid: undefined, gid: undefined };
}

/** What root's own bot would use says nothing about the service's. */
function withoutOurs(env: Environment): Environment {
  const { CLAUDE_COORD_HOME: _home, CONFIG_PATH: _config, DISCORD_TOKEN: _token, ...rest } = env;
  return rest;
}

import { existsSync, realpathSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Config } from "../../config/config.ts";
import { loadConfig } from "../../config/load.ts";
import { findPaths } from "../../config/paths.ts";
import { CoordError } from "../../core/operations/errors.ts";
import { unitText } from "../../systemd/unit.ts";
import { isHidden, isWithin, writablePaths } from "../../systemd/writable-paths.ts";
import type { Terminal } from "../terminal.ts";
import { type Account, findAccount } from "./account.ts";
import { canMountProc } from "./can-mount-proc.ts";
import { usesClaudeSandbox } from "./claude-sandbox.ts";
import { findManager, type Manager } from "./manager.ts";
import type { ServiceOptions } from "./service-options.ts";
import { toolPath } from "./tool-path.ts";

/** The service as it should be on this machine. */
export interface Service {
  readonly manager: Manager;
  /** The unit. */
  readonly text: string;
  /** Its PATH. */
  readonly path: string;
  /** Who it runs as; `exists` is false for one that install makes. */
  readonly account: Pick<Account, "name" | "home"> & { readonly exists: boolean };
  /** Undefined when the token is in the config. */
  readonly tokenFile: string | undefined;
  readonly configFile: string;
  /** Undefined while there is no config file. */
  readonly config: Config | undefined;
}

/** Looks at the host and changes nothing. Throws config_invalid, service_failed or usage. */
export async function describeService(
  options: ServiceOptions & { readonly tokenStdin?: boolean },
  terminal: Terminal,
): Promise<Service> {
  const manager = await findManager(options, terminal.env);
  const account = await serviceAccount(options, manager);
  const { home } = account;
  const configFlag = options.config;
  const paths = findPaths({ env: { HOME: home }, configFlag });
  const config = existsSync(paths.config)
    ? loadConfig({ path: paths.config, env: { HOME: home }, needsToken: false }).config
    : undefined;

  const node = process.execPath;
  const programs = [node, join(PACKAGE, "bin/claude-coord.js")] as const;
  const directories = [
    home,
    dirname(paths.config),
    config?.projectsRoot ?? "/opt/projects",
    ...(config?.projects ?? []).filter(({ host }) => host === undefined).map(({ projectDir }) => projectDir),
    ...(config?.claude.configDir === undefined ? [] : [config.claude.configDir]),
    ...(options.writable ?? []),
  ];
  const writable = writablePaths(directories);
  if (manager.isSystem) programs.forEach((file) => void mustBeSeen(file, writable.bound));

  const isTokenInConfig = config !== undefined && config.discord.token !== "";
  const keepsToken = existsSync(options.tokenFile) || options.tokenStdin || !isTokenInConfig;
  const tokenFile = manager.isSystem && keepsToken ? options.tokenFile : undefined;
  const path =
    options.path ??
    toolPath({ callersPath: terminal.env.PATH ?? "", node, home, isSystemUnit: manager.isSystem });
  const text = unitText({
    systemdVersion: manager.version,
    user: manager.isSystem ? account.name : undefined,
    command: [
      "/usr/bin/perl",
      join(PACKAGE, "systemd/notify-fd.pl"),
      ...programs,
      "serve",
      ...(configFlag === undefined ? [] : ["--config", paths.config]),
    ],
    path,
    tokenFile,
    writable,
    stopTimeoutMs: (config?.shutdown.graceMs ?? DEFAULT_GRACE_MS) + AFTER_GRACE_MS,
    memoryMax: options.memoryMax,
    tasksMax: options.tasksMax,
    claudeSandbox: options.claudeSandbox ?? usesClaudeSandbox(home, config?.projects ?? []),
    canMountProc:
      options.mountProc ??
      (await canMountProc({ isRoot: manager.isSystem && process.getuid?.() === 0, run: manager.run })),
  });
  return { manager, text, path, account, tokenFile, configFile: paths.config, config };
}

/** Of this installation; the same from src/ and from dist/. */
const PACKAGE = realpathSync(fileURLToPath(new URL("../../..", import.meta.url)));

const DEFAULT_GRACE_MS = 30_000;
/** For ending the agents and closing the database, when the grace is over. */
const AFTER_GRACE_MS = 30_000;

async function serviceAccount(options: ServiceOptions, manager: Manager): Promise<Service["account"]> {
  const name = manager.isSystem ? options.serviceUser : String(process.getuid?.());
  if (manager.isSystem && !/^[a-z_][a-z0-9_-]*$/.test(name)) {
    throw new CoordError("usage", `"${name}" can't be the name of a user.`);
  }
  const account = await findAccount(name);
  if (account?.uid === 0) {
    throw new CoordError("usage", "The service must not run as root: Claude runs commands as its user.");
  }
  return account ? { ...account, exists: true } : { name, home: `/home/${name}`, exists: false };
}

function mustBeSeen(file: string, bound: readonly string[]): void {
  if (!isHidden(file) || bound.some((folder) => isWithin(file, folder))) return;
  throw new CoordError(
    "service_failed",
    `${file} is in a home folder, which the service's user can't read. Install it for all users ` +
      "(node from your distribution or nodesource.com, then `npm install -g claude-coord` as root).",
  );
}

import { existsSync, statfsSync, statSync } from "node:fs";
import { createClaude } from "../../claude/claude.ts";
import type { Config } from "../../config/config.ts";
import { checkConfig } from "../../config/load.ts";
import { type Environment, findPaths, type Paths } from "../../config/paths.ts";
import { LITTLE_BYTES } from "../../core/operations/disk.ts";
import { CoordError } from "../../core/operations/errors.ts";
import { agentsThatFit } from "../../daemon/agents/agent-limit.ts";
import { inspectDiscord } from "../../discord/setup/inspect.ts";
import { inspectDatabase, readWorktrees } from "../../sqlite/inspect-database.ts";
import { isInstanceRunning } from "../../sqlite/instance-running.ts";
import { ExitError } from "../exit.ts";
import { printJson } from "../print-json.ts";
import type { Terminal } from "../terminal.ts";
import { checkAgents } from "./check-agents.ts";
import { checkClaude } from "./check-claude.ts";
import { checkConfigFile } from "./check-config.ts";
import { checkDaemon } from "./check-daemon.ts";
import { checkDatabase } from "./check-database.ts";
import { checkDiscord, namedChannels } from "./check-discord.ts";
import { checkDisk } from "./check-disk.ts";
import { checkFiles } from "./check-files.ts";
import { checkNode } from "./check-node.ts";
import { checkProjects } from "./check-projects.ts";
import { checkSafety } from "./check-safety.ts";
import { checkWorktrees } from "./check-worktrees.ts";
import type { Finding } from "./finding.ts";
import { printFindings } from "./print-findings.ts";
import { checkSecurity } from "./security/security.ts";
import { unitTokenFile } from "./unit-token-file.ts";

export interface DoctorOptions {
  readonly config?: string;
  readonly json?: boolean;
  /** Looks at what is unsafe, and at nothing else. */
  readonly security?: boolean;
  readonly fix?: boolean;
}

/** Looks at everything that can be wrong and prints it. Ends with 1 if there is a problem; warnings are none. */
export async function doctor(options: DoctorOptions, terminal: Terminal): Promise<void> {
  const paths = findPaths({ env: terminal.env, configFlag: options.config });
  if (options.fix && !options.security) {
    throw new CoordError("usage", "--fix mends what --security finds: claude-coord doctor --security --fix");
  }
  const { findings, fixed } = options.security
    ? await examineSecurity(paths, options.fix ?? false, terminal)
    : { findings: await examine(paths, terminal), fixed: [] };
  const problems = findings.filter(({ status }) => status === "problem").length;
  if (options.json) printJson(terminal, { ok: problems === 0, findings: findings.map(findingJson), fixed });
  else {
    printFindings(terminal, findings);
    for (const each of fixed) terminal.stdout.write(`fixed: ${each}\n`);
    const fixable = findings.filter(({ repair }) => repair !== undefined).length;
    if (fixable > 0) terminal.explain(`--fix mends ${fixable} of them: claude-coord doctor --security --fix`);
  }
  if (problems > 0) throw new ExitError(1);
}

/** With `fix`, mends what it safely can, and looks again. */
async function examineSecurity(paths: Paths, fix: boolean, { env }: Terminal) {
  const look = () => checkSecurity(checkConfig({ path: paths.config, env, needsToken: false }), paths, env);
  const findings = await look();
  const fixed: string[] = [];
  for (const { repair, fix: done } of fix ? findings : []) {
    if (repair === undefined) continue;
    try {
      repair();
      fixed.push(done ?? "");
    } catch {
      // Another user's file: the second look has it again, with what to do.
    }
  }
  return { findings: fix ? await look() : findings, fixed };
}

async function examine(paths: Paths, { env }: Terminal): Promise<Finding[]> {
  const isRunning = isInstanceRunning(paths.lock);
  const checked = checkConfig({ path: paths.config, env, needsToken: false });
  const config = checked.ok ? checked.config : undefined;
  const database = inspectDatabase(paths.database);
  return [
    checkNode(process.versions.node),
    ...checkConfigFile(checked, paths.config, { isRunning, unitTokenFile: unitTokenFile() }),
    ...(config === undefined ? [] : await checkConfigured(config, paths, env)),
    ...(existsSync(paths.home) ? checkFiles(paths.home, process.getuid?.()) : []),
    checkDatabase(database, paths.database),
    ...(database.state === "current" ? checkWorktrees(readWorktrees(paths.database)) : []),
    ...checkDisk(foldersOf(paths, config), freeBytes, config?.alerts.diskMinBytes ?? LITTLE_BYTES),
    checkDaemon(isRunning),
  ];
}

/** What can be looked at only with a config. */
async function checkConfigured(config: Config, paths: Paths, env: Environment): Promise<Finding[]> {
  const { discord, claude, projects } = config;
  const [claudeFindings, discordFindings] = await Promise.all([
    checkClaude(
      createClaude({
        command: claude.command,
        path: env.PATH ?? "",
        home: env.HOME ?? "",
        configDir: claude.configDir,
        locale: env,
        extraEnv: {
          ...claude.env,
          ...(claude.credential && { [claude.credential.name]: claude.credential.value }),
        },
        instanceId: paths.database,
        log: { debug: ignore, info: ignore, warn: ignore, error: ignore },
      }),
    ),
    discord.token === ""
      ? []
      : inspectDiscord({
          ...discord,
          channelIds: namedChannels(config).map(({ channelId }) => channelId),
          now: Date.now,
        }).then((found) => checkDiscord(found, config)),
  ]);
  // The home belongs to the user that the service runs as; the config may be root's.
  const serviceUserId = statSync(existsSync(paths.home) ? paths.home : paths.config).uid;
  return [
    ...claudeFindings,
    ...discordFindings,
    checkAgents(config.claude.maxAgents, agentsThatFit()),
    ...checkProjects(projects),
    ...checkSafety(config, serviceUserId),
  ];
}

function ignore(): void {}

function foldersOf({ home }: Paths, config: Config | undefined): string[] {
  const projects = (config?.projects ?? []).filter(({ host }) => host === undefined);
  return [home, ...projects.map(({ projectDir }) => projectDir)].filter((folder) => existsSync(folder));
}

function freeBytes(folder: string): { disk: string; bytes: number } {
  const { bavail, bsize } = statfsSync(folder);
  return { disk: String(statSync(folder).dev), bytes: bavail * bsize };
}

function findingJson({ check, status, message, fix, repair }: Finding): object {
  return { check, status, message, fix: fix ?? null, ...(repair === undefined ? {} : { fixable: true }) };
}

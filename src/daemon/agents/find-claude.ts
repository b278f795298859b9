import { type Claude, createClaude } from "../../claude/claude.ts";
import type { DamagedConfigFile } from "../../claude/config-file.ts";
import type { Credential } from "../../claude/environment.ts";
import type { ClaudeCredential, Config } from "../../config/config.ts";
import type { Environment } from "../../config/paths.ts";
import { CoordError } from "../../core/operations/errors.ts";
import type { Logger } from "../logging/logger.ts";
import { orphanNames } from "../upkeep/repeat-sweep.ts";

/**
 * The `claude` CLI as configured, once it is known that agents can run, and rid of what an earlier run left behind.
 * Throws CoordError with what to do.
 */
export async function findClaude(options: {
  settings: Config["claude"];
  env: Environment;
  /** Names this installation, the same after a restart. */
  instanceId: string;
  log: Logger;
}): Promise<{ claude: Claude; version: string }> {
  const { settings, env, instanceId, log } = options;
  const claude = createClaude({
    command: settings.command,
    path: env.PATH ?? "",
    home: env.HOME ?? "",
    configDir: settings.configDir,
    credential: settings.credential && asVariable(settings.credential),
    locale: env,
    extraEnv: settings.env,
    instanceId,
    log,
    limits: { startTimeoutMs: settings.startTimeoutMs, killGraceMs: settings.killGraceMs },
  });
  const found = await claude.check();
  if (found.damagedConfig !== undefined) throw damagedClaudeConfig(found.damagedConfig);
  for (const warning of found.warnings) log.warn(warning);
  log.info("found the claude CLI", { version: found.version, path: found.executable });
  const orphans = await claude.sweepOrphans();
  if (orphans.length > 0)
    log.warn("ended what an earlier run had left behind", { orphans: orphanNames(orphans) });
  return { claude, version: found.version };
}

/** Every agent would end at once; better said now than at the first question. */
function damagedClaudeConfig({ file, newestBackup }: DamagedConfigFile): CoordError {
  const cure =
    newestBackup === undefined
      ? "There is no backup of it. Move it away and log in to claude again."
      : `Put back its newest backup: cp ${newestBackup} ${file}`;
  return new CoordError("claude_config_damaged", `Claude's own settings file ${file} is damaged. ${cure}`);
}

function asVariable({ name, value }: ClaudeCredential): Credential {
  return name === "ANTHROPIC_API_KEY" ? { ANTHROPIC_API_KEY: value } : { CLAUDE_CODE_OAUTH_TOKEN: value };
}

import { randomUUID } from "node:crypto";
import { constants } from "node:fs";
import { access, stat } from "node:fs/promises";
import type { AgentFailure, AgentSpec } from "../core/agents/agent.ts";
import type { PreparedStart } from "./agent-deps.ts";
import { agentArguments } from "./arguments.ts";
import { configPaths, findDamagedConfigFile } from "./config-file.ts";
import { claudeEnvironment, type EnvironmentOptions, markEnvironment } from "./environment.ts";
import { findExecutable } from "./executable.ts";
import { readStartTime } from "./process-table.ts";
import { findSessionHolder } from "./session-holder.ts";

export interface PrepareOptions extends EnvironmentOptions {
  /** Path, or name on `path`. */
  readonly command: string;
  /** Names this installation, the same after a restart. */
  readonly instanceId: string;
  readonly leftoverGraceMs: number;
  readonly setpriv: () => Promise<string | undefined>;
}

/** Looks at what a start needs, so that what a person can put right is told apart; spawns nothing. */
export async function prepareStart(
  options: PrepareOptions,
  spec: AgentSpec,
): Promise<PreparedStart | AgentFailure> {
  const paths = configPaths(options.home, options.configDir);
  const [command, setpriv, isDirectory, damaged, holder, startTime] = await Promise.all([
    findExecutable(options.command, options.path),
    options.setpriv(),
    isUsableDirectory(spec.projectDir),
    findDamagedConfigFile(paths),
    findSessionHolder(spec.sessionId, paths.directory),
    readStartTime(process.pid),
  ]);
  if (!isDirectory) return { code: "project_dir_missing", detail: spec.projectDir };
  if (command === undefined) {
    return { code: "claude_missing", detail: `${options.command} is not in ${options.path}` };
  }
  if (damaged) {
    const backup = damaged.newestBackup ? `newest backup: ${damaged.newestBackup}` : "there is no backup";
    return { code: "claude_config_damaged", detail: `${damaged.file} is not JSON; ${backup}` };
  }
  if (holder !== undefined) {
    return { code: "session_in_use", detail: `process ${holder} has session ${spec.sessionId} open` };
  }
  return {
    command,
    args: agentArguments(spec),
    cwd: spec.projectDir,
    environment: markEnvironment(claudeEnvironment(options), {
      instanceId: options.instanceId,
      agentId: randomUUID(),
      daemon: `${process.pid}:${startTime ?? ""}`,
      continueInterrupted: spec.continueInterrupted,
    }),
    setpriv,
    leftoverGraceMs: options.leftoverGraceMs,
  };
}

async function isUsableDirectory(path: string): Promise<boolean> {
  try {
    await access(path, constants.R_OK | constants.X_OK);
    return (await stat(path)).isDirectory();
  } catch {
    return false;
  }
}

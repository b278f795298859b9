import { execFile } from "node:child_process";
import { mkdir, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { CoordError } from "../core/operations/errors.ts";
import { configPaths, type DamagedConfigFile, findDamagedConfigFile } from "./config-file.ts";
import { claudeEnvironment, type EnvironmentOptions } from "./environment.ts";
import { findExecutable } from "./executable.ts";
import { judgeVersion, NEWEST_TESTED_VERSION, OLDEST_VERSION, parseVersion } from "./version.ts";

/** What a look at the CLI found, short of starting an agent. */
export interface ClaudeCheck {
  /** Absolute path. */
  readonly executable: string;
  readonly version: string;
  /** Sentences about what works but deserves a look. */
  readonly warnings: readonly string[];
  /** No agent can start until this is put right. */
  readonly damagedConfig: DamagedConfigFile | undefined;
}

/** Throws CoordError claude_missing, claude_too_old or home_unwritable, with what to do. */
export async function checkClaude(options: EnvironmentOptions & { command: string }): Promise<ClaudeCheck> {
  const executable = await findExecutable(options.command, options.path);
  if (executable === undefined) {
    throw new CoordError(
      "claude_missing",
      `Claude Code was not found: there is no executable "${options.command}" in ${options.path}. ${INSTALL}, ` +
        "or set claude.command to its absolute path.",
    );
  }
  const version = await askVersion(executable, options);
  const judgement = judgeVersion(version);
  if (judgement === "too_old") {
    throw new CoordError(
      "claude_too_old",
      `Claude Code ${version} (${executable}) is older than ${OLDEST_VERSION}. ` +
        "Update it with: npm install -g @anthropic-ai/claude-code@latest",
    );
  }
  const paths = configPaths(options.home, options.configDir);
  await checkWritable(options.home, paths.directory);
  return {
    executable,
    version,
    warnings:
      judgement === "newer_than_tested"
        ? [`Claude Code ${version} is newer than ${NEWEST_TESTED_VERSION}, the newest that was tested.`]
        : [],
    damagedConfig: await findDamagedConfigFile(paths),
  };
}

const INSTALL = "Install it with: npm install -g @anthropic-ai/claude-code";
const VERSION_TIMEOUT_MS = 20_000;

async function askVersion(executable: string, options: EnvironmentOptions): Promise<string> {
  try {
    const { stdout } = await promisify(execFile)(executable, ["--version"], {
      env: claudeEnvironment(options),
      timeout: VERSION_TIMEOUT_MS,
      killSignal: "SIGKILL",
    });
    const version = parseVersion(stdout);
    if (version !== undefined) return version;
    throw new Error(`it printed: ${stdout.slice(0, 200)}`);
  } catch (error) {
    throw new CoordError(
      "claude_missing",
      `${executable} --version does not tell a version, so it is not a working Claude Code. ${INSTALL}.`,
      { cause: error },
    );
  }
}

/** Turns work without a writable home, but keep no transcript: the conversation would silently have no memory. */
async function checkWritable(home: string, configDir: string): Promise<void> {
  const probe = join(configDir, `.claude-coord-${process.pid}.probe`);
  try {
    if (!(await stat(home)).isDirectory()) throw new Error(`${home} is not a directory`);
    await mkdir(configDir, { recursive: true, mode: 0o700 });
    await writeFile(probe, "");
    await rm(probe);
  } catch (error) {
    throw new CoordError(
      "home_unwritable",
      `Claude Code can't keep its sessions: ${configDir} is not writable for this user. ` +
        "Make it writable, or run the service as the user who owns it.",
      { cause: error },
    );
  }
}

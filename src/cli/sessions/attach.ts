import { existsSync, statSync } from "node:fs";
import { configPaths } from "../../claude/config-file.ts";
import { endProcesses } from "../../claude/end-processes.ts";
import { INSTANCE_MARK } from "../../claude/environment.ts";
import { findExecutable } from "../../claude/executable.ts";
import { findProcesses } from "../../claude/process-table.ts";
import { findSessionHolder } from "../../claude/session-holder.ts";
import type { Config } from "../../config/config.ts";
import { loadConfig } from "../../config/load.ts";
import { type Environment, findPaths, type Paths } from "../../config/paths.ts";
import type { SessionRecord } from "../../core/history/history.ts";
import { CoordError } from "../../core/operations/errors.ts";
import { createHistory } from "../../sqlite/history.ts";
import { createWorktreeStore } from "../../sqlite/worktrees.ts";
import { ExitError } from "../exit.ts";
import { runInForeground } from "../foreground.ts";
import { findProject } from "../project/find-project.ts";
import { agreeOrEnd } from "../prompts.ts";
import type { Terminal } from "../terminal.ts";
import { withDatabase } from "../with-database.ts";
import { findSession, noSession } from "./find-session.ts";

export interface AttachOptions {
  readonly takeOver?: boolean;
  readonly config?: string;
}

/**
 * Opens a session with the CLI in this terminal, as the daemon would: same folder, same login. Two processes that
 * write to a session lose one's part, so nothing else may have it open.
 */
export async function attachSession(word: string, options: AttachOptions, terminal: Terminal): Promise<void> {
  if (!terminal.isInteractive) throw new CoordError("usage", "attach needs a terminal.");
  const { env } = terminal;
  const paths = findPaths({ env, configFlag: options.config });
  const found = await withDatabase(paths, (db) => {
    const session = findSession(createHistory(db), word);
    return { session, worktree: createWorktreeStore(db).of(session.conversationId) };
  });
  if (found === undefined) throw noSession(word);
  const { session, worktree } = found;
  checkOwner(paths.database);
  if (!session.started) throw new ExitError(1, `No turn has run in the session ${session.sessionId} yet.`);

  const { config } = loadConfig({ path: paths.config, env, needsToken: false });
  const { projectDir } = findProject(config, session.projectName);
  // A session is found again only in the folder in which it began.
  const cwd = worktree?.isMade ? worktree.directory : projectDir;
  if (!existsSync(cwd))
    throw new ExitError(1, `The folder ${cwd}, in which the session works, is not there.`);
  const claudeEnv = environmentFor(config, env);
  const command = await findExecutable(config.claude.command, claudeEnv.PATH ?? "");
  if (command === undefined) {
    throw new CoordError(
      "claude_missing",
      `Claude Code was not found: there is no ${config.claude.command}.`,
    );
  }
  await freeSession(session, { config, claudeEnv, paths, takeOver: options.takeOver }, terminal);
  const code = await runInForeground(
    command,
    ["--resume", session.sessionId],
    { cwd, env: claudeEnv },
    terminal,
  );
  if (code !== 0) throw new ExitError(code);
}

/** Another user's home has another login, and none of the sessions. */
function checkOwner(database: string): void {
  const { uid } = statSync(database);
  if (uid === process.getuid?.()) return;
  throw new CoordError(
    "usage",
    `The sessions belong to another user. Run: sudo -u '#${uid}' claude-coord sessions attach …`,
  );
}

/** The person's own environment, for the terminal and the editor; with the daemon's login, without its secrets. */
function environmentFor({ claude }: Config, env: Environment): Record<string, string | undefined> {
  const own = Object.entries(env).filter(
    ([name]) => !/^(DISCORD_TOKEN|CLAUDE_COORD_.*|CLAUDECODE)$/.test(name),
  );
  const { credential, configDir } = claude;
  return {
    ...Object.fromEntries(own),
    ...(credential && { [credential.name]: credential.value }),
    ...claude.env,
    ...(configDir && { CLAUDE_CONFIG_DIR: configDir }),
  };
}

/** Makes sure that nothing has the session open; the daemon's own agent is ended if it is idle and may be. */
async function freeSession(
  { sessionId, openTurns }: SessionRecord,
  options: {
    config: Config;
    claudeEnv: Record<string, string | undefined>;
    paths: Paths;
    takeOver: boolean | undefined;
  },
  terminal: Terminal,
): Promise<void> {
  const { HOME, CLAUDE_CONFIG_DIR } = options.claudeEnv;
  const { directory } = configPaths(HOME ?? "", CLAUDE_CONFIG_DIR);
  const holder = await findSessionHolder(sessionId, directory);
  if (holder === undefined) return;
  const agents = await findProcesses((marks) => marks.get(INSTANCE_MARK) === options.paths.database);
  if (!agents.some(({ pid }) => pid === holder)) {
    throw new ExitError(1, `Process ${holder} has the session ${sessionId} open. Leave it there first.`);
  }
  if (openTurns > 0) {
    throw new ExitError(
      1,
      "The bot is working in this session. Wait for its answer, or stop it in the channel.",
    );
  }
  await agreeOrEnd(
    terminal,
    options.takeOver,
    "The bot's idle agent has the session open. End it, and go on here?",
  );
  await endProcesses([holder], options.config.claude.killGraceMs);
}

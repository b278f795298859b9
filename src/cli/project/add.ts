import { execFile } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, statSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { promisify } from "node:util";
import { addProject } from "../../config/edit.ts";
import { loadConfig } from "../../config/load.ts";
import { expandHome, findPaths } from "../../config/paths.ts";
import { problemLine } from "../../config/problems.ts";
import type { WrittenProject } from "../../config/project-schema.ts";
import { CoordError } from "../../core/errors.ts";
import type { PermissionMode } from "../../core/project.ts";
import { bypassRefusal } from "../bypass-as-root.ts";
import { printJson } from "../print-json.ts";
import { agreeOrEnd, valueOrAsk } from "../prompts.ts";
import type { Terminal } from "../terminal.ts";
import { channelIdIn } from "./channel-id.ts";
import { findProject } from "./find-project.ts";
import { projectJson } from "./project-json.ts";

export interface AddProjectOptions {
  readonly channel?: string;
  readonly dir?: string;
  readonly createDir?: boolean;
  readonly clone?: string;
  readonly model?: string;
  readonly permissionMode?: PermissionMode;
  readonly allowedTools?: string[];
  readonly systemPrompt?: string;
  readonly mention?: "required" | "optional";
  readonly config?: string;
  readonly json?: boolean;
}

/** Adds a project to config.yaml; asks for what the flags leave open. The file is untouched if anything fails. */
export async function addProjectCommand(
  givenName: string | undefined,
  options: AddProjectOptions,
  terminal: Terminal,
): Promise<void> {
  const { env } = terminal;
  const paths = findPaths({ env, configFlag: options.config });
  const where = { path: paths.config, env, needsToken: false };
  const { config } = loadConfig(where);
  if (options.permissionMode === "bypassPermissions") {
    // The file belongs to the user that the service runs as.
    const refusal = bypassRefusal(statSync(paths.config).uid, config.claude.env);
    if (refusal !== undefined) throw new CoordError("usage", refusal);
  }

  const suggestion = options.dir === undefined ? undefined : basename(resolve(options.dir));
  const name = await valueOrAsk(terminal, givenName, "The project's name", (prompts) =>
    prompts.text("What is the project called?", {
      suggestion,
      check: (answer) =>
        config.projects.some((project) => project.name === answer)
          ? `There is a project called ${answer}.`
          : undefined,
    }),
  );
  const channel = await valueOrAsk(terminal, options.channel, "--channel", (prompts) =>
    prompts.text("Which channel? Its id, or a link to it:", {
      check: (answer) => (channelIdIn(answer) === undefined ? CHANNEL_EXPECTED : undefined),
    }),
  );
  const channelId = channelIdIn(channel);
  if (channelId === undefined) throw new CoordError("usage", `--channel ${channel}: ${CHANNEL_EXPECTED}`);
  const ownFolder = join(config.projectsRoot, name);
  const folder = await valueOrAsk(
    terminal,
    options.dir ?? (options.clone === undefined ? undefined : ownFolder),
    "--dir",
    (prompts) => prompts.text("Which folder does Claude work in?", { suggestion: ownFolder }),
  );
  const projectDir = resolve(expandHome(folder, env));
  if (options.clone !== undefined) await clone(options.clone, projectDir, terminal);
  else if (!existsSync(projectDir)) await createFolder(projectDir, options.createDir, terminal);

  const project: WrittenProject = { name, channel_id: channelId, project_dir: projectDir };
  if (options.allowedTools !== undefined) project.allowed_tools = options.allowedTools;
  if (options.model !== undefined) project.model = options.model;
  if (options.systemPrompt !== undefined) project.system_prompt = options.systemPrompt;
  if (options.permissionMode !== undefined) project.permission_mode = options.permissionMode;
  if (options.mention !== undefined) project.mention = options.mention;
  const added = await addProject(where, project);

  for (const warning of added.warnings) terminal.explain(`Note: ${problemLine(warning)}`);
  if (options.json) printJson(terminal, projectJson(findProject(added.config, name)));
  terminal.explain(`Added ${name}: channel ${channelId} works in ${projectDir}.`);
  terminal.explain("A running bot notices by itself. Mention it in the channel to begin.");
}

const CHANNEL_EXPECTED =
  "expected a channel id of 17 to 20 digits, or a link to the channel. In Discord: Developer Mode on, then Copy Channel ID.";

async function createFolder(folder: string, agreed: boolean | undefined, terminal: Terminal): Promise<void> {
  if (!agreed && !terminal.isInteractive) {
    throw new CoordError("usage", `${folder} does not exist. Give --create-dir to have it made.`);
  }
  await agreeOrEnd(terminal, agreed, `${folder} does not exist. Make it?`);
  try {
    mkdirSync(folder, { recursive: true });
  } catch (cause) {
    throw new CoordError("home_unwritable", `${folder} can't be made: ${(cause as Error).message}.`, {
      cause,
    });
  }
}

async function clone(url: string, folder: string, terminal: Terminal): Promise<void> {
  if (existsSync(folder) && readdirSync(folder).length > 0) {
    throw new CoordError(
      "usage",
      `${folder} is not empty, so nothing can be cloned into it. Choose another --dir.`,
    );
  }
  terminal.explain(`Cloning ${url} into ${folder} …`);
  try {
    mkdirSync(dirname(folder), { recursive: true });
    // A question for a password would wait for ever where nobody sees it.
    const env = { ...terminal.env, GIT_TERMINAL_PROMPT: terminal.isInteractive ? "1" : "0" };
    await promisify(execFile)("git", ["clone", "--quiet", "--", url, folder], { env });
  } catch (cause) {
    const said = (cause as { stderr?: string }).stderr?.trim() || (cause as Error).message;
    throw new CoordError("usage", `git could not clone it:\n${said}`, { cause });
  }
}

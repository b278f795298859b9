import { existsSync, statSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { addProject } from "../../config/edit.ts";
import { loadConfig } from "../../config/load.ts";
import { expandHome, findPaths } from "../../config/paths.ts";
import { problemLine } from "../../config/problems.ts";
import type { WrittenProject } from "../../config/project-schema.ts";
import { CoordError } from "../../core/operations/errors.ts";
import type { PermissionMode } from "../../core/projects/project.ts";
import { bypassRefusal } from "../bypass-as-root.ts";
import { printJson } from "../print-json.ts";
import { agreeOrEnd, valueOrAsk } from "../prompts.ts";
import type { Terminal } from "../terminal.ts";
import { channelIdIn } from "./channel-id.ts";
import { cloneInto } from "./clone.ts";
import { findProject } from "./find-project.ts";
import { createFolder } from "./folder.ts";
import { projectJson } from "./project-json.ts";
import { repositoryOfFlag } from "./repository.ts";

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
  if (options.clone !== undefined) {
    await cloneInto(repositoryOfFlag("--clone", options.clone), projectDir, terminal);
  } else if (!existsSync(projectDir)) {
    await agreeToCreate(projectDir, options.createDir, terminal);
    createFolder(projectDir);
  }

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

async function agreeToCreate(folder: string, agreed: boolean | undefined, terminal: Terminal): Promise<void> {
  if (!agreed && !terminal.isInteractive) {
    throw new CoordError("usage", `${folder} does not exist. Give --create-dir to have it made.`);
  }
  await agreeOrEnd(terminal, agreed, `${folder} does not exist. Make it?`);
}

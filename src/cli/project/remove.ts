import { removeProject } from "../../config/edit.ts";
import { loadConfig } from "../../config/load.ts";
import { findPaths } from "../../config/paths.ts";
import { agreeOrEnd } from "../prompts.ts";
import type { Terminal } from "../terminal.ts";
import { findProject } from "./find-project.ts";

/** Takes a project out of config.yaml, after asking. Throws project_unknown. */
export async function removeProjectCommand(
  name: string,
  options: { yes?: boolean; config?: string },
  terminal: Terminal,
): Promise<void> {
  const { env } = terminal;
  const paths = findPaths({ env, configFlag: options.config });
  const where = { path: paths.config, env, needsToken: false };
  const { channelId, projectDir } = findProject(loadConfig(where).config, name);
  await agreeOrEnd(terminal, options.yes, `Stop serving channel ${channelId} with ${name}?`);
  await removeProject(where, name);
  terminal.explain(
    `Removed ${name}. ${projectDir} and the session stay as they are; a running bot notices by itself.`,
  );
}

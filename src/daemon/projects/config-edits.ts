import { setTimeout as delay } from "node:timers/promises";
import { addProject, removeProject, setProjectModel, setProjectPermissionMode } from "../../config/edit.ts";
import type { WrittenProject } from "../../config/project-schema.ts";
import { CoordError } from "../../core/operations/errors.ts";
import type { PermissionMode, Project } from "../../core/projects/project.ts";
import type { DaemonContext } from "../context.ts";

/** The watch on config.yaml sees a change within a second. */
const COUNTS_WITHIN_MS = 5_000;

/** Changes of config.yaml that people make from Discord; each settles once it counts. */
export interface ConfigEdits {
  addProject(project: WrittenProject): Promise<void>;
  removeProject(name: string): Promise<void>;
  /** Undefined leaves the choice to the CLI. */
  setModel(name: string, model: string | undefined): Promise<void>;
  setPermissionMode(name: string, permissionMode: PermissionMode): Promise<void>;
}

export function createConfigEdits({ paths, env, projectNamed, log }: DaemonContext): ConfigEdits {
  const options = { path: paths.config, env, needsToken: false };
  const edit = async (name: string, change: Promise<unknown>, counts: (now?: Project) => boolean) => {
    try {
      await change;
    } catch (error) {
      if (!(error instanceof CoordError)) throw error;
      log.warn("the configuration could not be changed from Discord", { error });
      // What is wrong is shown with lines of the file, which are nobody's business in a channel.
      throw error.code.startsWith("config_") ? new CoordError(error.code, UNFIT, { cause: error }) : error;
    }
    const until = Date.now() + COUNTS_WITHIN_MS;
    while (!counts(projectNamed(name)) && Date.now() < until) await delay(50);
  };
  return {
    addProject: (project) => edit(project.name, addProject(options, project), (now) => now !== undefined),
    removeProject: (name) => edit(name, removeProject(options, name), (now) => now === undefined),
    setModel: (name, model) =>
      edit(name, setProjectModel(options, name, model), (now) => now?.model === model),
    setPermissionMode: (name, mode) =>
      edit(name, setProjectPermissionMode(options, name, mode), (now) => now?.permissionMode === mode),
  };
}

const UNFIT =
  "The bot's configuration has a problem or would have one, so it is left as it is. Its log and " +
  "`claude-coord config check` on its host say more.";

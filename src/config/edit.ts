import { readFileSync, realpathSync, statSync } from "node:fs";
import { CoordError } from "../core/operations/errors.ts";
import type { PermissionMode } from "../core/projects/project.ts";
import { checkConfig, checkConfigText, type LoadedConfig, type LoadOptions } from "./load.ts";
import { withLockFile } from "./lock-file.ts";
import { formatProblems } from "./problems.ts";
import { projectAdded, projectKeySet, projectModelSet, projectRemoved } from "./project-edits.ts";
import type { WrittenProject } from "./project-schema.ts";
import { writeAtomically } from "./write-atomically.ts";

/** Adds a project to config.yaml and returns the new configuration. The file stays as it was if that throws. */
export function addProject(options: LoadOptions, project: WrittenProject): Promise<LoadedConfig> {
  return editConfig(options, (text) => projectAdded(text, project));
}

/** Removes a project from config.yaml; throws project_unknown when there is none of that name. */
export function removeProject(options: LoadOptions, name: string): Promise<LoadedConfig> {
  return editConfig(options, (text) => projectRemoved(text, name));
}

/** Writes a project's model as typed, or removes it: then the CLI chooses. */
export function setProjectModel(
  options: LoadOptions,
  name: string,
  model: string | undefined,
): Promise<LoadedConfig> {
  return editConfig(options, (text) => projectModelSet(text, name, model));
}

/** Writes how much Claude asks in a project. */
export function setProjectPermissionMode(
  options: LoadOptions,
  name: string,
  permissionMode: PermissionMode,
): Promise<LoadedConfig> {
  return editConfig(options, (text) => projectKeySet(text, name, "permission_mode", permissionMode));
}

/** Makes an edit of the text of config.yaml under its lock, and keeps it if the result is valid. */
export async function editConfig(
  options: LoadOptions,
  edit: (text: string) => string,
): Promise<LoadedConfig> {
  const before = checkConfig({ ...options, needsToken: false });
  if (!before.ok) throw new CoordError(before.code, formatProblems(before.problems));
  try {
    return await editUnderLock(options, edit);
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : undefined;
    if (code !== "EACCES" && code !== "EPERM" && code !== "EROFS") throw error;
    throw new CoordError(
      "home_unwritable",
      `${options.path} cannot be replaced (${code}). Run this as the user that owns it, or as root.`,
      { cause: error },
    );
  }
}

function editUnderLock(options: LoadOptions, edit: (text: string) => string): Promise<LoadedConfig> {
  // The file itself, so that a link to it stays a link.
  const file = realpathSync(options.path);
  return withLockFile(`${file}.lock`, () => {
    const text = readFileSync(file, "utf8");
    const edited = edit(text);
    const checked = checkConfigText(edited, statSync(file).mode & 0o777, { ...options, needsToken: false });
    if (!checked.ok) {
      const problems = formatProblems(checked.problems);
      throw new CoordError(
        checked.code,
        `The file was left as it is, since the change would make it invalid:\n\n${problems}`,
      );
    }
    if (edited !== text) writeAtomically(file, edited);
    return checked;
  });
}

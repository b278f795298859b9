import { accessSync, constants } from "node:fs";
import type { ConfiguredProject } from "../../config/config.ts";
import { type Finding, ok, problem, warning } from "./finding.ts";

/** Whether this user may do so in the folder; `mode` as in fs.constants. */
export type MayAccess = (folder: string, mode: number) => boolean;

/** Whether Claude can work in the folders of the projects; that they are there, the config's check says. */
export function checkProjects(
  projects: readonly ConfiguredProject[],
  mayAccess: MayAccess = asThisUser,
): Finding[] {
  return projects.filter(({ host }) => host === undefined).map((project) => checkFolder(project, mayAccess));
}

function checkFolder({ name, projectDir, permissionMode }: ConfiguredProject, mayAccess: MayAccess): Finding {
  const check = `project.${name}`;
  const own = `sudo chown -R "$(id -u):$(id -g)" '${projectDir}'`;
  if (!mayAccess(projectDir, constants.R_OK | constants.X_OK)) {
    return problem(check, `${name}: this user can't read ${projectDir}`, own);
  }
  if (permissionMode !== "plan" && !mayAccess(projectDir, constants.W_OK)) {
    return warning(
      check,
      `${name}: this user can't write to ${projectDir}, so Claude can change nothing`,
      own,
    );
  }
  return ok(check, `${name}: ${projectDir}`);
}

function asThisUser(folder: string, mode: number): boolean {
  try {
    accessSync(folder, mode);
    return true;
  } catch {
    return false;
  }
}

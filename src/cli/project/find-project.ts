import type { Config, ConfiguredProject } from "../../config/config.ts";
import { suggest } from "../../config/suggest.ts";
import { CoordError } from "../../core/operations/errors.ts";

/** The project of this name. Throws project_unknown, with the name that was probably meant. */
export function findProject({ projects }: Pick<Config, "projects">, name: string): ConfiguredProject {
  const found = projects.find((project) => project.name === name);
  if (found !== undefined) return found;
  const names = projects.map((project) => project.name);
  const near = suggest(name, names);
  const hint =
    near !== undefined
      ? `Did you mean ${near}?`
      : names.length === 0
        ? "None is configured yet: claude-coord project add"
        : `There are: ${names.join(", ")}.`;
  throw new CoordError("project_unknown", `There is no project called ${name}. ${hint}`);
}

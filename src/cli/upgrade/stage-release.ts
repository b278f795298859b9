import { existsSync, realpathSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Environment } from "../../config/paths.ts";
import { CoordError } from "../../core/operations/errors.ts";
import type { Release } from "./release.ts";
import { stageFromGit } from "./stage-from-git.ts";
import { stageFromNpm } from "./stage-from-npm.ts";

/** This installation; the same from src/ and from dist/. */
export const PACKAGE = realpathSync(fileURLToPath(new URL("../../..", import.meta.url)));

/** Makes the newest release ready; `onlyLook`: as far as it takes to tell what is new. Undefined when it is installed. */
export function stageRelease(
  options: { from?: string | undefined; onlyLook: boolean },
  env: Environment,
  say: (text: string) => void,
): Promise<Release | undefined> {
  if (existsSync(join(PACKAGE, ".git"))) return stageFromGit(PACKAGE, options, env, say);
  if (/\/node_modules\/claude-coord$/.test(PACKAGE)) return stageFromNpm(PACKAGE, options.from, env, say);
  throw new CoordError(
    "usage",
    `${PACKAGE} is neither a git checkout nor a global npm install: bring it up to date as it was installed.`,
  );
}

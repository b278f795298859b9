import { accessSync, constants, existsSync, readdirSync, statSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { type Environment, expandHome } from "../../config/paths.ts";
import { CoordError } from "../../core/operations/errors.ts";
import type { RepositoryUrl } from "../../core/projects/repository-url.ts";
import { repositoryOfFlag, repositoryProblem } from "../project/repository.ts";
import type { Asker } from "./asker.ts";
import { folderChoices } from "./folder-choices.ts";
import type { InitOptions } from "./init-options.ts";

/** A project's folder, and what has to be done so that it is there. */
export interface Folder {
  readonly path: string;
  readonly make: "nothing" | "create" | { readonly clone: RepositoryUrl };
}

/** Settles on the folder that Claude works in; nothing is made yet. `kept`: the folder of an existing project. */
export async function chooseFolder(
  options: InitOptions,
  { name, kept, root, env }: { name: string; kept: string | undefined; root: string; env: Environment },
  asker: Asker,
): Promise<Folder> {
  const repository = options.clone === undefined ? undefined : repositoryOfFlag("--clone", options.clone);
  const own = join(suggestedRoot(root, env), name);
  const given = options.dir ?? (repository === undefined ? kept : own);
  const answer = await asker.answer({
    given: given === undefined ? undefined : resolve(expandHome(given, env)),
    flag: "--dir",
    recommended: own,
    ask: (prompts) =>
      prompts.search(
        "Which folder does Claude work in? Tab completes:",
        async (typed) => [
          ...folderChoices(expandHome(typed, env)),
          { value: CLONE, name: "clone a git repository…", description: "You are asked for its address." },
        ],
        own,
      ),
  });
  const isClone = answer === CLONE || repository !== undefined;
  const path = answer === CLONE ? own : answer;
  if (!isClone) return { path, make: await howToMake(path, options, asker) };
  const clone = repository ?? (await askRepository(asker));
  if (existsSync(path) && (!statSync(path).isDirectory() || readdirSync(path).length > 0)) {
    throw new CoordError(
      "usage",
      `${path} is not empty, so nothing can be cloned into it. Choose another --dir.`,
    );
  }
  return { path, make: { clone } };
}

const CLONE = "clone";

async function askRepository({ prompts }: Asker): Promise<RepositoryUrl> {
  const check = repositoryProblem;
  return repositoryOfFlag(
    "--clone",
    await prompts.text("Which repository? Its https or ssh address:", { check }),
  );
}

/** A person without root has projects at home. */
function suggestedRoot(root: string, env: Environment): string {
  try {
    accessSync(existsSync(root) ? root : dirname(root), constants.W_OK);
    return root;
  } catch {
    return expandHome("~/projects", env);
  }
}

async function howToMake(path: string, options: InitOptions, asker: Asker): Promise<"nothing" | "create"> {
  const found = statSync(path, { throwIfNoEntry: false });
  if (found?.isDirectory()) return "nothing";
  if (found !== undefined) throw new CoordError("usage", `--dir ${path}: expected a folder, found a file.`);
  // At the prompt, the choice itself says that it is made.
  if (asker.asks && options.dir === undefined) return "create";
  const agreed = await asker.answer({
    given: options.createDir,
    flag: `--create-dir (${path} does not exist)`,
    recommended: true,
    ask: (prompts) => prompts.confirm(`${path} does not exist. Make it?`, true),
  });
  if (agreed) return "create";
  throw new CoordError("usage", `${path} does not exist. Choose another folder, or let it be made.`);
}

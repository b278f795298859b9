import {
  existsSync,
  lstatSync,
  mkdirSync,
  realpathSync,
  renameSync,
  rmdirSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { rm } from "node:fs/promises";
import { dirname, isAbsolute, join, resolve, sep } from "node:path";
import { CoordError } from "../../core/operations/errors.ts";
import type { Addition, ProjectFolders } from "../../core/projects/addition.ts";
import type { RepositoryUrl } from "../../core/projects/repository-url.ts";

export interface ProjectFoldersDeps {
  /** `projects_root`: nothing is made outside it. */
  readonly root: () => string;
  /** Clones into a folder that is not there yet; what fails leaves nothing. */
  readonly clone: (
    url: RepositoryUrl,
    into: string,
    options: { signal: AbortSignal; onProgress: (text: string) => void },
  ) => Promise<void>;
}

/**
 * The folders of new projects. A clone is made in a folder beside its place and moved there when it is whole; until
 * the project is configured it holds a mark, so that a later start knows it as left over.
 */
export function createProjectFolders({ root, clone }: ProjectFoldersDeps): ProjectFolders {
  return {
    plan: ({ name, source }) => {
      const real = realRoot(root());
      if (source.kind === "clone") {
        const path = join(real, name);
        if (isThere(path))
          refuse(
            `The folder \`${path}\` is there already. Choose another name, or give it as \`directory\`.`,
          );
        return { path, makes: "clone" };
      }
      const path = resolve(real, source.path);
      if (isThere(path)) {
        // Where it leads counts, not what it is called.
        const found = realOr(path);
        if (!isInside(found, real)) refuse(outside(real));
        if (!statSync(found).isDirectory()) refuse(`\`${path}\` is not a folder.`);
        return { path: found, makes: "nothing" };
      }
      const above = dirname(path);
      if (!isThere(above) && above !== real) refuse(`There is no folder \`${above}\` to make it in.`);
      const found = join(above === real ? real : realOr(above), path.slice(above.length + 1));
      if (!isInside(found, real)) refuse(outside(real));
      return { path: found, makes: "folder" };
    },

    make: async (addition, source, options) => {
      const { path, makes } = addition.folder;
      if (makes === "nothing") return;
      try {
        mkdirSync(rootOf(addition), { recursive: true });
        if (makes === "folder" || source.kind !== "clone") return mkdirSync(path);
        const beside = besideOf(addition);
        await clone(source.url, beside, options);
        writeFileSync(markIn(beside, addition), "");
        if (isThere(path)) refuse(`The folder \`${path}\` has come to be there meanwhile.`);
        renameSync(beside, path);
      } catch (error) {
        throw explained(error, dirname(path));
      }
    },

    undo: async (addition) => {
      const { path, makes } = addition.folder;
      if (makes === "folder") removeIfEmpty(path);
      if (makes !== "clone") return;
      const beside = besideOf(addition);
      // Moved back first: a folder that is half removed must not stand where the next try wants to be.
      if (existsSync(markIn(path, addition))) renameSync(path, beside);
      await rm(beside, { recursive: true, force: true, maxRetries: 5 });
    },

    keep: async (addition) => {
      if (addition.folder.makes === "clone")
        await rm(markIn(addition.folder.path, addition), { force: true });
    },
  };
}

/** A clone's place lies in the root itself, so the folder above it is the root. */
function rootOf({ folder }: Addition): string {
  return dirname(folder.path);
}

function besideOf(addition: Addition): string {
  return join(rootOf(addition), `.claude-coord-${addition.id}`);
}

function markIn(folder: string, { id }: Addition): string {
  return join(folder, ".git", `claude-coord-${id}`);
}

/** Without links in it; one that is not there yet is made when it is needed. */
function realRoot(root: string): string {
  if (existsSync(root)) return realpathSync(root);
  const above = dirname(root);
  return above === root ? root : join(realRoot(above), root.slice(above.length).replace(/^\/+/, ""));
}

/** Also true for a link that leads nowhere. */
function isThere(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
}

function realOr(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return refuse(`\`${path}\` can't be opened by the bot's user.`);
  }
}

function isInside(path: string, root: string): boolean {
  return isAbsolute(path) && path.startsWith(root.endsWith(sep) ? root : `${root}${sep}`);
}

function outside(root: string): string {
  return (
    `From Discord, projects are made only in \`${root}\` (\`projects_root\` in the configuration). ` +
    "For another folder: `claude-coord project add` on the bot's host."
  );
}

function removeIfEmpty(path: string): void {
  try {
    rmdirSync(path);
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : undefined;
    if (code !== "ENOENT" && code !== "ENOTEMPTY" && code !== "EEXIST") throw error;
  }
}

function explained(error: unknown, root: string): unknown {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  if (code === "EACCES" || code === "EPERM" || code === "EROFS") {
    return refusal(
      `The bot's user may not write in \`${root}\`. Give it that folder, or set \`projects_root\`.`,
      error,
    );
  }
  if (code === "ENOSPC" || code === "EDQUOT") return refusal("The disk of the bot's host is full.", error);
  return error;
}

function refuse(message: string): never {
  throw refusal(message);
}

function refusal(message: string, cause?: unknown): CoordError {
  return new CoordError("project_not_added", message, { cause });
}

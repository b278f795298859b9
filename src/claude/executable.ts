import { constants } from "node:fs";
import { access, stat } from "node:fs/promises";
import { delimiter, isAbsolute, join, resolve } from "node:path";

/** The absolute path of a command, looked up as a shell would but without one; undefined when there is none. */
export async function findExecutable(command: string, path: string): Promise<string | undefined> {
  if (command === "") return undefined;
  if (command.includes("/")) return (await isExecutable(resolve(command))) ? resolve(command) : undefined;
  // A relative entry would find another program in every project directory.
  for (const directory of path.split(delimiter).filter(isAbsolute)) {
    const candidate = join(directory, command);
    if (await isExecutable(candidate)) return candidate;
  }
  return undefined;
}

async function isExecutable(file: string): Promise<boolean> {
  try {
    await access(file, constants.X_OK);
    return (await stat(file)).isFile();
  } catch {
    return false;
  }
}

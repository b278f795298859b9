import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";

/** The file that a command means with this PATH; undefined when there is none. */
export function findExecutable(command: string, path: string): string | undefined {
  const candidates = command.includes("/")
    ? [command]
    : path.split(delimiter).map((folder) => join(folder, command));
  return candidates.find((file) => {
    try {
      accessSync(file, constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

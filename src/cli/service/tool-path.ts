import { existsSync } from "node:fs";
import { delimiter, dirname, isAbsolute, join } from "node:path";
import { isHidden, isWithin } from "../../systemd/writable-paths.ts";

/**
 * PATH for the service: where the user's own programs and node are, then the caller's directories that the service
 * can see too, then the system's.
 */
export function toolPath(options: {
  readonly callersPath: string;
  readonly node: string;
  /** Of the service's user. */
  readonly home: string;
  readonly isSystemUnit: boolean;
}): string {
  const { callersPath, node, home, isSystemUnit } = options;
  const isSeen = (directory: string) => !isSystemUnit || !isHidden(directory) || isWithin(directory, home);
  const callers = callersPath
    .split(delimiter)
    // npx and npm scripts put these in front; they mean nothing later.
    .filter((directory) => isAbsolute(directory) && !directory.includes("/node_modules/"))
    .filter((directory) => isSeen(directory) && existsSync(directory));
  const nodes = SYSTEM.includes(dirname(node)) ? [] : [dirname(node)];
  return [...new Set([join(home, ".local/bin"), ...nodes, ...callers, ...SYSTEM])].join(delimiter);
}

const SYSTEM = ["/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin"];

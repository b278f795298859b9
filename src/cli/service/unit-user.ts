import { readFileSync } from "node:fs";

/** Whom the service of this machine runs as, as its unit says; undefined when there is none. */
export function unitUser(unitFile = "/etc/systemd/system/claude-coord.service"): string | undefined {
  try {
    return /^User=(\S+)/m.exec(readFileSync(unitFile, "utf8"))?.[1];
  } catch {
    return undefined;
  }
}

import { readFileSync } from "node:fs";

/** The file from which systemd gives the service its token, as its unit says; undefined if it does not. */
export function unitTokenFile(unitFile = "/etc/systemd/system/claude-coord.service"): string | undefined {
  try {
    return /^LoadCredential="?discord-token:([^"\n]+)/m.exec(readFileSync(unitFile, "utf8"))?.[1];
  } catch {
    // Not installed as a service, or not readable for this user.
    return undefined;
  }
}

import { readFileSync } from "node:fs";

/** Where to look instead, when the machine's service is another user's; undefined when there is none. */
export function otherHome(
  home: string,
  unitFile = "/etc/systemd/system/claude-coord.service",
): string | undefined {
  try {
    const user = /^User=(\S+)/m.exec(readFileSync(unitFile, "utf8"))?.[1];
    if (user === undefined || home.startsWith(`/home/${user}/`)) return undefined;
    return `The service of this machine is ${user}'s: sudo -u ${user} claude-coord status`;
  } catch {
    return undefined;
  }
}

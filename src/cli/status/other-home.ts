import { unitUser } from "../service/unit-user.ts";

/** Where to look instead, when the machine's service is another user's; undefined when there is none. */
export function otherHome(home: string, unitFile?: string): string | undefined {
  const user = unitUser(unitFile);
  if (user === undefined || home.startsWith(`/home/${user}/`)) return undefined;
  return `The service of this machine is ${user}'s: sudo -u ${user} claude-coord status`;
}

import type { Config } from "../../../config/config.ts";
import { type Finding, ok, problem, warning } from "../finding.ts";

/** A user of this machine, as /etc/passwd has them. */
export interface Account {
  readonly uid: number;
  readonly name: string;
  readonly home: string;
  readonly shell: string;
}

/** The account with this uid; undefined when the machine lists none, as in some containers. */
export function accountOf(uid: number, passwd: string): Account | undefined {
  const fields = passwd
    .split("\n")
    .map((line) => line.split(":"))
    .find(([, , each]) => each === String(uid));
  const [name = "", , , , , home = "", shell = ""] = fields ?? [];
  return fields === undefined ? undefined : { uid, name, home, shell };
}

/** Whom the service runs as, and what that means where nothing is asked. */
export function checkUser(uid: number, account: Account | undefined, config: Config | undefined): Finding[] {
  const name = account?.name ?? `user ${uid}`;
  const bypassing = (config?.projects ?? []).filter(
    ({ permissionMode }) => permissionMode === "bypassPermissions",
  );
  const bypass = bypassing.map(({ name: project }) => {
    const message = `${project}: Claude's tools run without asking (bypassPermissions), as ${name}`;
    const fix =
      "Choose another permission_mode (claude-coord config edit), or give the bot a user of its own";
    if (uid === 0) return problem("security.bypass", `${message}, who may do anything on this machine`, fix);
    return isPerson(account)
      ? problem(
          "security.bypass",
          `${message}, whose own files and logins are there too`,
          `${fix}: sudo claude-coord service install`,
        )
      : ok("security.bypass", `${message}, a user of the bot's own`);
  });
  if (uid === 0) {
    const message =
      "the service runs as root: whoever may talk to Claude may ask it to change this whole machine";
    return [
      problem("security.user", message, "Give it a user of its own: sudo claude-coord service install"),
      ...bypass,
    ];
  }
  if (isPerson(account)) {
    const message = `the service runs as ${name}, who can log in: what Claude runs can read all that is theirs (ssh keys, browsers)`;
    return [
      warning("security.user", message, "Give it a user of its own: sudo claude-coord service install"),
      ...bypass,
    ];
  }
  return [ok("security.user", `the service runs as ${name}, a user of its own`), ...bypass];
}

/** Whoever has a shell to log in with is somebody, or is used as somebody. */
function isPerson(account: Account | undefined): boolean {
  return account !== undefined && !/(nologin|false|sync|^)$/.test(account.shell) && account.uid >= 1000;
}

import { runCommand } from "./run-command.ts";

/** A user of this machine. */
export interface Account {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
  /** Absolute path. */
  readonly home: string;
}

/** Looks a user up by name or number; undefined when there is none. */
export async function findAccount(nameOrUid: string): Promise<Account | undefined> {
  const { code, stdout } = await runCommand("getent", ["passwd", nameOrUid]);
  const [name, , uid, gid, , home] = stdout.trim().split(":");
  if (code !== 0 || name === undefined || home === undefined) return undefined;
  return { name, uid: Number(uid), gid: Number(gid), home };
}

/** What makes the service's user: with a home, where the CLI keeps its login and sessions, and without a login. */
export function addUserCommand(name: string): readonly [string, ...string[]] {
  const home = ["--create-home", "--home-dir", `/home/${name}`];
  return ["useradd", "--system", "--user-group", ...home, "--shell", "/usr/sbin/nologin", name];
}

import type { CommandResult } from "./run-command.ts";

/**
 * Whether this host's systemd can give a service a /proc of its own: tried with a unit that does nothing. An
 * unprivileged LXC container without nesting refuses, and so would the whole service. Where it can't be tried, yes.
 */
export async function canMountProc(options: {
  readonly isRoot: boolean;
  readonly run: (command: string, args: readonly string[]) => Promise<CommandResult>;
}): Promise<boolean> {
  if (!options.isRoot) return true;
  const properties = ["ProtectKernelTunables=yes", "ProtectControlGroups=yes", "ProtectProc=invisible"];
  const args = properties.flatMap((property) => ["--property", property]);
  const { code } = await options.run("systemd-run", ["--quiet", "--wait", "--collect", ...args, "true"]);
  return code !== NAMESPACE_FAILED;
}

/** With this systemd ends a unit whose mounts it could not set up. */
const NAMESPACE_FAILED = 226;

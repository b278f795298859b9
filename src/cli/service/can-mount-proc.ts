import type { Manager } from "./manager.ts";

/**
 * Whether this host's systemd can give a service a /proc of its own: tried with a unit that does nothing. An
 * unprivileged LXC container without nesting refuses, and so would the whole service. Where it can't be tried, yes.
 */
export async function canMountProc(manager: Manager): Promise<boolean> {
  if (!manager.isSystem || process.getuid?.() !== 0) return true;
  const properties = ["ProtectKernelTunables=yes", "ProtectControlGroups=yes", "ProtectProc=invisible"];
  const args = properties.flatMap((property) => ["--property", property]);
  const { stderr, code } = await manager.run("systemd-run", [
    "--quiet",
    "--wait",
    "--collect",
    ...args,
    "true",
  ]);
  // 226 is what systemd ends a unit with when it could not set up its mounts; the rest has other reasons.
  return !(code === NAMESPACE_FAILED || /226\/NAMESPACE/.test(stderr));
}

const NAMESPACE_FAILED = 226;

import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, renameSync, rmSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";

export type Suite = "bookworm" | "trixie";

/** What keeps this machine from booting a container; undefined if nothing does. */
export function whyNoContainer(): string | undefined {
  if (process.platform !== "linux") return "it needs Linux";
  if (process.getuid?.() !== 0) return "it needs root";
  const missing = ["systemd-nspawn", "debootstrap", "nsenter", "setpriv"].filter(
    (name) => !isInstalled(name),
  );
  if (missing.length === 0) return undefined;
  return `missing: ${missing.join(", ")} (apt-get install systemd-container debootstrap)`;
}

/** A Debian file tree with systemd; made at the first use (under a minute) and kept in the user's cache. */
export function debianTree(suite: Suite): string {
  const cache = join(process.env.XDG_CACHE_HOME ?? join(homedir(), ".cache"), "claude-coord-tests");
  const tree = join(cache, `${suite}-1`);
  if (existsSync(tree)) return tree;
  const unfinished = join(cache, `${suite}-${process.pid}`);
  mkdirSync(cache, { recursive: true });
  try {
    execFileSync("debootstrap", ["--variant=minbase", `--include=${PACKAGES}`, suite, unfinished], {
      stdio: "ignore",
    });
    renameSync(unfinished, tree);
  } finally {
    rmSync(unfinished, { recursive: true, force: true });
  }
  return tree;
}

const PACKAGES = [
  "systemd,systemd-sysv,dbus,libpam-systemd,procps,ca-certificates,git",
  // Claude Code's own sandbox.
  "bubblewrap,socat",
].join(",");

function isInstalled(name: string): boolean {
  const folders = (process.env.PATH ?? "").split(":").concat("/usr/sbin", "/sbin");
  return folders.some((folder) => existsSync(join(folder, name)));
}

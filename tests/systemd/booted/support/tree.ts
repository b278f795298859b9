import { execFile } from "node:child_process";
import { existsSync, mkdirSync, renameSync, rmSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

export type Suite = "bookworm" | "trixie";

/** What keeps this machine from booting a container; undefined if nothing does. */
export function whyNoContainer(): string | undefined {
  if (process.platform !== "linux") return "it needs Linux";
  if (process.getuid?.() !== 0) return "it needs root";
  const missing = ["systemd-nspawn", "debootstrap", "nsenter", "setpriv", "unshare"].filter(
    (name) => !isInstalled(name),
  );
  if (missing.length === 0) return undefined;
  return `missing: ${missing.join(", ")} (apt-get install systemd-container debootstrap)`;
}

/** Where a suite's file tree is, once `makeTree` has made it. */
export function debianTree(suite: Suite): string {
  return join(cache(), `${suite}-1`);
}

/**
 * Makes a Debian file tree with systemd, which is kept in the user's cache. Returns what kept it from being made, such as
 * a mirror that can't be reached or is too slow.
 */
export async function makeTree(suite: Suite, timeoutMs: number): Promise<string | undefined> {
  if (existsSync(debianTree(suite))) return undefined;
  mkdirSync(cache(), { recursive: true });
  const unfinished = join(cache(), `${suite}-${process.pid}`);
  // In namespaces of its own, so that nothing of it runs on and nothing stays mounted, however it ends.
  const alone = ["--mount", "--pid", "--fork", "--mount-proc", "--kill-child"];
  const make = ["debootstrap", "--variant=minbase", `--include=${PACKAGES}`, suite, unfinished];
  try {
    await promisify(execFile)("unshare", [...alone, ...make], {
      timeout: Math.ceil(timeoutMs),
      killSignal: "SIGKILL",
    });
    renameSync(unfinished, debianTree(suite));
    return undefined;
  } catch (error) {
    const { killed, stdout, stderr } = error as { killed?: boolean; stdout?: string; stderr?: string };
    if (killed) return `debootstrap ${suite} took more than ${Math.round(timeoutMs / 1000)} s`;
    const said = `${stdout ?? ""}\n${stderr ?? ""}`.trim().split("\n").at(-1) || String(error);
    return `debootstrap ${suite}: ${said}`;
  } finally {
    rmSync(unfinished, { recursive: true, force: true });
  }
}

function cache(): string {
  return join(process.env.XDG_CACHE_HOME ?? join(homedir(), ".cache"), "claude-coord-tests");
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

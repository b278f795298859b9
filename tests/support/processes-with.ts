import { readdirSync, readFileSync } from "node:fs";

/** Pids of processes whose environment has this entry; a process that ends meanwhile has none. */
export function processesWith(entry: string): number[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => {
      try {
        return readFileSync(`/proc/${pid}/environ`, "utf8").split("\0").includes(entry);
      } catch {
        return false;
      }
    })
    .map(Number);
}

/** Kills it, if it has not ended meanwhile. */
export function killIfThere(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // It ended between being seen and being killed.
  }
}

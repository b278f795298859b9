import { readFileSync } from "node:fs";

/** What a warm `claude` takes, in bytes: 162 to 356 MiB were measured, most of the time below 200 MB (PSS). */
const AGENT_BYTES = 200 * 1_000_000;
/** Left for the daemon itself and for what Claude's tools start. */
const RESERVE_BYTES = 300 * 1_000_000;

/** How many agents this machine's memory allows: the cgroup's limit or the free memory, whichever is less. */
export function agentsThatFit(read: (file: string) => string | undefined = readIfThere): number {
  const available = meminfoBytes(read("/proc/meminfo"), "MemAvailable") ?? Number.POSITIVE_INFINITY;
  const limits = [read("/sys/fs/cgroup/memory.max"), read("/sys/fs/cgroup/memory/memory.limit_in_bytes")].map(
    (text) => Number(text?.trim() || Number.NaN),
  );
  const bytes = Math.min(available, ...limits.filter((limit) => limit > 0));
  if (!Number.isFinite(bytes)) return 4;
  return Math.max(1, Math.floor((bytes - RESERVE_BYTES) / AGENT_BYTES));
}

function meminfoBytes(meminfo: string | undefined, name: string): number | undefined {
  const kib = meminfo?.match(new RegExp(`^${name}:\\s+(\\d+) kB`, "m"))?.[1];
  return kib === undefined ? undefined : Number(kib) * 1024;
}

function readIfThere(file: string): string | undefined {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return undefined;
  }
}

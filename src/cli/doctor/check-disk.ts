import { TOO_LITTLE_BYTES } from "../../core/operations/disk.ts";
import { size } from "../amounts.ts";
import { type Finding, ok, problem, warning } from "./finding.ts";

/**
 * Free bytes where each of the folders is, each disk once. `freeBytes` says which disk, and how much; less than
 * `minBytes` is little.
 */
export function checkDisk(
  folders: readonly string[],
  freeBytes: (folder: string) => { disk: string; bytes: number },
  minBytes: number,
): Finding[] {
  const disks = new Map<string, { folder: string; bytes: number }>();
  for (const folder of folders) {
    const { disk, bytes } = freeBytes(folder);
    if (!disks.has(disk)) disks.set(disk, { folder, bytes });
  }
  return [...disks.values()].map(({ folder, bytes }) => {
    const message = `${size(bytes)} free at ${folder}`;
    const fix = `Make room: du -xh --max-depth=1 '${folder}' | sort -h`;
    if (bytes < TOO_LITTLE_BYTES)
      return problem("disk", `only ${message}: answers can't be kept safely`, fix);
    return bytes < minBytes ? warning("disk", `only ${message}`, fix) : ok("disk", message);
  });
}

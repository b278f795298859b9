import { realpathSync, statSync } from "node:fs";

/**
 * Tells one file on disk from another that took its place: an update writes a new file, or a new version beside the
 * old one with the link moved. Empty while there is none, in the middle of an update for one.
 */
export function programId(executable: string): string {
  try {
    const file = realpathSync(executable);
    const { ino, size, mtimeMs } = statSync(file);
    return `${file} ${ino} ${size} ${mtimeMs}`;
  } catch {
    return "";
  }
}

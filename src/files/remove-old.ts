import { readdir, rm, rmdir, stat } from "node:fs/promises";
import { join } from "node:path";

/**
 * Removes the folders of messages that were last changed before `beforeMs` (ms since the epoch), unless `isInUse`
 * says that their turn has not ended; conversations without any left lose theirs. Returns how many went.
 */
export async function removeOldFiles(
  root: string,
  beforeMs: number,
  isInUse: (messageFolder: string) => boolean,
): Promise<number> {
  let removed = 0;
  for (const conversation of await listed(root)) {
    const folder = join(root, conversation);
    for (const messageFolder of await listed(folder)) {
      const path = join(folder, messageFolder);
      const { mtimeMs } = await stat(path);
      if (mtimeMs >= beforeMs || isInUse(messageFolder)) continue;
      await rm(path, { recursive: true, force: true });
      removed += 1;
    }
    if ((await listed(folder)).length === 0) await rmdir(folder);
  }
  return removed;
}

async function listed(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw error;
  }
}

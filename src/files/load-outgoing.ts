import { readFile } from "node:fs/promises";
import type { OutgoingFile } from "../core/messages/outgoing.ts";

/** The files below an answer with their bytes; one that is gone is left out, since waiting would not bring it back. */
export async function loadOutgoing(
  files: readonly OutgoingFile[],
  onGone: (file: OutgoingFile) => void,
): Promise<readonly { readonly name: string; readonly data: Buffer }[]> {
  const loaded = await Promise.all(
    files.map(async (file) => {
      try {
        return [{ name: file.name, data: await readFile(file.path) }];
      } catch {
        onGone(file);
        return [];
      }
    }),
  );
  return loaded.flat();
}

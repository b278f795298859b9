import { createHash, randomUUID } from "node:crypto";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { OutgoingStore } from "../core/messages/outgoing.ts";
import type { ReadableFile } from "./outgoing-file.ts";
import { safeName } from "./safe-name.ts";

/** Discord takes 10 MiB from a bot; a request has some more around it. */
export const MOST_BYTES = 10_000_000;
/** Below one answer. */
export const MOST_FILES = 20;

/** Keeps a copy to be sent below the conversation's next answer; not new when the same is there already. */
export async function keepOutgoing(
  { name, bytes }: Pick<ReadableFile, "name" | "bytes">,
  conversationId: string,
  { store, root }: { readonly store: OutgoingStore; readonly root: string },
): Promise<{ shownName: string; isNew: boolean }> {
  const folder = join(root, conversationId, `out-${randomUUID()}`);
  const shownName = safeName(name, new Set());
  const path = join(folder, shownName);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await writeFile(path, bytes, { mode: 0o600 });
  const sha256 = createHash("sha256").update(bytes).digest("hex");
  const isNew = store.add(conversationId, { name: shownName, path, sizeBytes: bytes.length, sha256 });
  return { shownName, isNew };
}

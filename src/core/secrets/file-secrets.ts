import type { Redactor } from "./redactor.ts";

/** What of secrets is in a file. */
export interface FileSecrets {
  readonly heldOwn: boolean;
  /** Whose looks gave them away: `GitHub token`; looked for in text only. */
  readonly kinds: readonly string[];
}

/** Some ten milliseconds: other things that the process does are not kept waiting. */
const SLICE = 1_000_000;
/** A secret that a slice cuts through is whole in this. */
const OVERLAP = 8_192;

/** Looks for secrets in the bytes of a file. What is packed or enciphered in it stays unseen. */
export async function secretsInFile(bytes: Buffer, redactor: Redactor): Promise<FileSecrets> {
  const isText = !bytes.subarray(0, OVERLAP).includes(0);
  const kinds = new Set<string>();
  let heldOwn = false;
  for (let at = 0; at < bytes.length; at += SLICE) {
    if (at > 0) await new Promise((resolve) => setImmediate(resolve));
    const slice = bytes.toString("latin1", Math.max(0, at - OVERLAP), at + SLICE);
    heldOwn ||= redactor.holdsOwn(slice);
    if (isText) for (const kind of redactor.mask(slice).kinds) kinds.add(kind);
  }
  return { heldOwn, kinds: [...kinds] };
}

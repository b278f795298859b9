/** A name's bytes in UTF-8 stay under this: file systems take 255, and a suffix may follow. */
const MOST_BYTES = 120;

/**
 * A file name that can neither leave its folder nor hide, made of one that somebody else chose. `taken` has the names
 * that are there already, in lower case, and gets this one too.
 */
export function safeName(name: string, taken: Set<string>): string {
  const plain = name
    .normalize("NFC")
    .replace(/[^\p{L}\p{N}._-]+/gu, "_")
    .replace(/^[._-]+/, "")
    .replace(/\.+$/, "");
  const dot = plain.lastIndexOf(".");
  const extension = dot > 0 ? shortened(plain.slice(dot), 20) : "";
  const stem = shortened(dot > 0 ? plain.slice(0, dot) : plain, MOST_BYTES) || "file";
  for (let number = 1; ; number += 1) {
    const candidate = number === 1 ? `${stem}${extension}` : `${stem}-${number}${extension}`;
    if (taken.has(candidate.toLowerCase())) continue;
    taken.add(candidate.toLowerCase());
    return candidate;
  }
}

function shortened(text: string, bytes: number): string {
  let kept = "";
  for (const character of text) {
    if (Buffer.byteLength(kept + character) > bytes) break;
    kept += character;
  }
  return kept;
}

import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect } from "vitest";

/**
 * Holds a block of a page in docs/ equal to what was seen in a terminal; `UPDATE_TRANSCRIPTS=1` writes it. The block
 * stands between `<!-- transcript: NAME -->` and the next fence's end.
 */
export function expectTranscript(page: string, name: string, seen: string): void {
  const file = fileURLToPath(new URL(`../../docs/${page}`, import.meta.url));
  const text = readFileSync(file, "utf8");
  const start = `<!-- transcript: ${name} -->\n\`\`\`text\n`;
  const from = text.indexOf(start) + start.length;
  expect(from, `docs/${page} has a place for ${name}`).toBeGreaterThan(start.length);
  const to = text.indexOf("\n```\n", from);
  if (process.env.UPDATE_TRANSCRIPTS) writeFileSync(file, text.slice(0, from) + seen + text.slice(to));
  else expect(text.slice(from, to)).toBe(seen);
}

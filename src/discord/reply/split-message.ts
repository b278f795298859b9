import { discordLines } from "./discord-lines.ts";
import { packParts } from "./pack.ts";
import { renderedText } from "./rendered-text.ts";

/** `length` counts UTF-16 units, never fewer than characters, so a part under it is safe however Discord counts. */
export const MESSAGE_LIMIT = 2000;

/** Fewer units than these leave no room for what a part must repeat. */
const SMALLEST_LIMIT = 100;

/**
 * The messages that show a Markdown text in Discord: each valid on its own, none empty, none longer than `limit`
 * UTF-16 units. A text with nothing visible in it has none. Throws RangeError for a limit under 100.
 */
export function splitMessage(markdown: string, limit = MESSAGE_LIMIT): string[] {
  if (limit < SMALLEST_LIMIT) throw new RangeError(`A message limit of ${limit} is under ${SMALLEST_LIMIT}.`);
  return packParts(renderedText(discordLines(normalised(markdown))), limit);
}

/** One kind of line ending, and no half characters. */
export function normalised(markdown: string): string {
  return markdown.replace(/\r\n?/g, "\n").replaceAll("\0", "\ufffd").toWellFormed();
}

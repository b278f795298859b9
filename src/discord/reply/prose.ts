import { MAY_NEED_WORDS } from "./discord-inline.ts";
import type { InlineReader } from "./inline.ts";
import { type InlinePiece, inlinePieces } from "./inline-pieces.ts";
import type { Span } from "./spans.ts";

/** Running text: a paragraph or heading without what its containers put before its lines. */
export interface Prose {
  readonly text: string;
  /** The spans that have a part between two offsets, or the same offset in them twice: outermost first. */
  readonly spansBetween: (from: number, to: number) => readonly Span[];
}

/** Running text that is in Discord's dialect already. It is read when first asked for: most paragraphs are never cut. */
export function prose(text: string, inline: InlineReader): Prose {
  let pieces: readonly InlinePiece[] | undefined;
  return {
    text,
    spansBetween: (from, to) => {
      pieces ??= inlinePieces(text, inline);
      const found: Span[] = [];
      for (const piece of pieces) {
        if (piece.start >= to || piece.end <= from) continue;
        for (const span of piece.spans()) if (span.start < to && from < span.end) found.push(span);
      }
      return found;
    },
  };
}

/** The text of a paragraph in Discord's dialect; of one that is only a comment nothing is left. */
export function shownText(text: string, inline: InlineReader): string {
  if (!MAY_NEED_WORDS.test(text)) return text;
  const shown = inlinePieces(text, inline)
    .map(({ start, end }) => inline.shown(text.slice(start, end)))
    .join("");
  return shown === text ? text : shown.replace(/\n(?:[ \t]*\n)+/g, "\n").trim();
}

import type { InlineReader } from "./inline.ts";
import type { Span } from "./spans.ts";

/** A stretch of running text across whose ends no link, code or emphasis goes. */
export interface InlinePiece {
  readonly start: number;
  readonly end: number;
  /** What is in it, outermost first; offsets are those of the whole text. */
  readonly spans: () => readonly Span[];
}

interface Reach {
  /** What is looked at to find a piece's end. */
  readonly window: number;
  /** What a piece should be long at most: nothing that opens before and closes behind the window counts as a pair. */
  readonly piece: number;
}

const REACH: Reach = { window: 5_000, piece: 3_000 };

// The parser takes four times as long for twice as much of nothing but asterisks: a text with more of such signs than
// anybody would write is read in smaller pieces.
const REACH_OF_SIGNS: Reach = { window: 3_000, piece: 2_000 };
const SIGN = /[`*_~[\]!|\\<]/g;
const MANY_SIGNS = 1_000;

/**
 * A long paragraph in pieces that can be read one by one. Where a piece ends depends on no more than a window behind
 * its start, so that in a text that grows only the last piece changes.
 */
export function inlinePieces(text: string, inline: InlineReader): InlinePiece[] {
  const pieces: InlinePiece[] = [];
  let start = 0;
  while (text.length - start > REACH_OF_SIGNS.window) {
    const ahead = text.slice(start, start + REACH.window);
    const reach = (ahead.match(SIGN) ?? []).length > MANY_SIGNS ? REACH_OF_SIGNS : REACH;
    if (ahead.length < reach.window) break;
    const window = ahead.slice(0, reach.window);
    const spans = inline.spans(window);
    const length = pieceLength(window, spans, reach.piece);
    pieces.push(pieceOf(start, start + length, () => spans.filter(({ end }) => end <= length)));
    start += length;
  }
  pieces.push(pieceOf(start, text.length, () => inline.spans(text.slice(start))));
  return pieces;
}

function pieceOf(start: number, end: number, read: () => readonly Span[]): InlinePiece {
  let spans: readonly Span[] | undefined;
  const moved = (span: Span) => ({ start: span.start + start, end: span.end + start, marker: span.marker });
  return {
    start,
    end,
    spans: () => {
      spans ??= start === 0 ? read() : read().map(moved);
      return spans;
    },
  };
}

const SENTENCE_END = /[.!?]\s+|[。！？]|\n/g;
const WORD_END = /\s+/g;

/** The last place before `wished`, or the first behind it, where nothing is open. */
function pieceLength(window: string, spans: readonly Span[], wished: number): number {
  for (const boundary of [SENTENCE_END, WORD_END]) {
    let last: number | undefined;
    let next = 0;
    let openUntil = 0;
    for (const found of window.matchAll(boundary)) {
      const at = found.index + found[0].length;
      for (let span = spans[next]; span !== undefined && span.start < at; span = spans[++next]) {
        openUntil = Math.max(openUntil, span.end);
      }
      if (at > wished && last !== undefined) return last;
      if (at >= window.length || openUntil > at) continue;
      if (at > wished) return at;
      last = at;
    }
    if (last !== undefined) return last;
  }
  return window.length - (/[\ud800-\udbff]$/.test(window) ? 1 : 0);
}

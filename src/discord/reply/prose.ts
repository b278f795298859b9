import type { Nodes } from "mdast";
import { parseInline } from "./markdown.ts";

/** A piece of running text that is better not cut. Offsets are those of the paragraph's text. */
export interface Span {
  readonly start: number;
  readonly end: number;
  /** What closes and opens it again (`**`), or undefined when it loses its meaning in two pieces (a link). */
  readonly marker: string | undefined;
}

/** Running text: a paragraph or heading without what its containers put before its lines. */
export interface Prose {
  readonly text: string;
  /** Read when first asked for: most paragraphs are never cut. */
  readonly spans: () => readonly Span[];
}

// Mentions, channels, custom emoji, timestamps, slash commands: Discord's own words, useless in two pieces.
const DISCORD_MARKER = /<(?:@[!&]?|#)\d+>|<a?:\w+:\d+>|<t:-?\d+(?::[a-zA-Z])?>|<\/[^<>\n]{1,100}:\d+>/g;
const SPOILER = /\|\|[^|](?:[\s\S]*?[^|])?\|\|/g;
const MAY_HAVE_SPANS = /[`*_~[<|\\]/;

// The parser takes four times as long for twice as much of nothing but asterisks: a text with more of such signs than
// anybody would write is read in pieces.
const MANY_SIGNS = 1000;
const PIECE = 2000;
const LONGEST_PIECE = 3000;

/** Running text from its source. */
export function prose(text: string): Prose {
  let spans: readonly Span[] | undefined;
  return {
    text,
    spans: () => {
      spans ??= MAY_HAVE_SPANS.test(text) ? readSpans(text) : [];
      return spans;
    },
  };
}

function readSpans(text: string): Span[] {
  if (text.length <= LONGEST_PIECE || (text.match(/[`*_~[\]!|\\<]/g) ?? []).length <= MANY_SIGNS) {
    return spansOfPiece(text);
  }
  const spans: Span[] = [];
  for (let start = 0; start < text.length; ) {
    const end = pieceEnd(text, start);
    for (const span of spansOfPiece(text.slice(start, end))) {
      spans.push({ ...span, start: span.start + start, end: span.end + start });
    }
    start = end;
  }
  return spans;
}

function pieceEnd(text: string, start: number): number {
  if (text.length - start <= LONGEST_PIECE) return text.length;
  const found = /[.!?]\s|\n/.exec(text.slice(start + PIECE, start + LONGEST_PIECE));
  return found === null ? start + LONGEST_PIECE : start + PIECE + found.index + found[0].length;
}

function spansOfPiece(text: string): Span[] {
  const spans: Span[] = [];
  // A piece may begin with white space, which a paragraph has none of.
  const margin = text.length - text.trimStart().length;
  collect(parseInline(text.slice(margin)), text.slice(margin), spans);
  const read = spans.map((span) => ({ ...span, start: span.start + margin, end: span.end + margin }));
  const atoms = read.filter(({ marker }) => marker === undefined);
  const insideAtom = (offset: number) => atoms.some(({ start, end }) => start <= offset && offset < end);
  for (const { index, 0: found } of text.matchAll(DISCORD_MARKER)) {
    if (!insideAtom(index)) read.push({ start: index, end: index + found.length, marker: undefined });
  }
  for (const { index, 0: found } of text.matchAll(SPOILER)) {
    const end = index + found.length;
    if (!insideAtom(index) && !insideAtom(end - 1)) read.push({ start: index, end, marker: "||" });
  }
  // Outermost first: the order in which they open.
  return read.sort((a, b) => a.start - b.start || b.end - a.end);
}

function collect(node: Nodes, text: string, spans: Span[]): void {
  const start = node.position?.start.offset ?? 0;
  const end = node.position?.end.offset ?? 0;
  if (node.type === "inlineCode" || node.type === "link" || node.type === "image") {
    spans.push({ start, end, marker: undefined });
    return;
  }
  if (!("children" in node)) return;
  if (node.type === "strong" || node.type === "emphasis" || node.type === "delete") {
    const inner = node.children[0]?.position?.start.offset ?? end;
    spans.push({ start, end, marker: text.slice(start, inner) });
  }
  for (const child of node.children) collect(child, text, spans);
}

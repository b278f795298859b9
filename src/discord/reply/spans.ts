import type { Nodes } from "mdast";
import { parseInline } from "./markdown.ts";

/** A piece of running text that is better not cut. Offsets are those of the text. */
export interface Span {
  readonly start: number;
  readonly end: number;
  /** What closes and opens it again (`**`), or undefined when it loses its meaning in two pieces (a link). */
  readonly marker: string | undefined;
}

// Mentions, channels, custom emoji, timestamps, slash commands: Discord's own words, useless in two pieces.
const DISCORD_MARKER = /<(?:@[!&]?|#)\d+>|<a?:\w+:\d+>|<t:-?\d+(?::[a-zA-Z])?>|<\/[^<>\n]{1,100}:\d+>/g;
const SPOILER = /\|\|[^|](?:[\s\S]*?[^|])??\|\|/g;
const MAY_HAVE_SPANS = /[`*_~[<|\\]/;

/** The spans of a text, outermost first: the order in which they open. */
export function spansOf(text: string): readonly Span[] {
  if (!MAY_HAVE_SPANS.test(text)) return [];
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

import { BLANK_FIRST_LINE } from "./fence.ts";
import type { Line } from "./line.ts";

/** An answer in Discord's dialect, ready to be cut: a position in it is an offset into `text`. */
export interface RenderedText {
  readonly text: string;
  readonly lines: readonly Line[];
  /** The offset at which each line begins. */
  readonly starts: readonly number[];
}

/** Joins lines. */
export function renderedText(lines: readonly Line[]): RenderedText {
  const starts: number[] = [];
  let offset = 0;
  for (const { text } of lines) {
    starts.push(offset);
    offset += text.length + 1;
  }
  return { text: lines.map(({ text }) => text).join("\n"), lines, starts };
}

/** The number of the line that holds an offset. */
export function lineIndexAt({ starts }: RenderedText, offset: number): number {
  let low = 0;
  let high = starts.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((starts[middle] ?? 0) <= offset) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** Markers of emphasis and spoilers that are open at an offset, outermost first. */
export function openMarkers(rendered: RenderedText, offset: number): string[] {
  const index = lineIndexAt(rendered, offset);
  const line = rendered.lines[index];
  const column = offset - (rendered.starts[index] ?? 0);
  if (line?.prose === undefined || column <= line.lead) return [];
  const at = column - line.lead + line.proseOffset;
  return line.prose.spansBetween(at, at).flatMap(({ marker }) => marker ?? []);
}

/** Whether a line is an empty one of a code block, whatever its containers put before it. */
export function isBlankCode({ fence, text, lead }: Line): boolean {
  return fence !== undefined && text.length <= lead;
}

/** The message that shows what is between two offsets, valid on its own. */
export function renderPart(rendered: RenderedText, from: number, to: number): string {
  const { lines, starts } = rendered;
  const firstIndex = lineIndexAt(rendered, from);
  const first = lines[firstIndex];
  if (first === undefined) return "";
  const dedent = dedenter(first.indent);
  const shown: string[] = [];
  let end = to;
  if (first.fence !== undefined) shown.push(dedent(first.fence.open, first.indent));
  for (let index = firstIndex; index < lines.length; index++) {
    const line = lines[index];
    const start = starts[index] ?? 0;
    if (line === undefined || start >= to) break;
    const begin = Math.max(from - start, 0);
    end = to - start;
    const cut = line.text.slice(begin, end);
    const piece = index === firstIndex && isBlankCode(line) ? cut + BLANK_FIRST_LINE : cut;
    if (begin === 0)
      shown.push(dedent(piece, line.text.trim() === "" ? Number.POSITIVE_INFINITY : line.indent));
    else if (line.fence !== undefined) shown.push(line.prefix + piece);
    else shown.push(line.prefix + openMarkers(rendered, from).join("") + piece.trimStart());
  }
  const next = lines[lineIndexAt(rendered, to)];
  if (to < rendered.text.length && next?.fence !== undefined) {
    shown.push(dedent(next.fence.close, next.indent));
    return shown.join("\n");
  }
  return shown.join("\n").trim() + openMarkers(rendered, to).reverse().join("");
}

/** Takes a list's indentation away as long as lines are at least as deep in it as the first one. */
function dedenter(indent: number): (text: string, lineIndent: number) => string {
  let inside = indent > 0;
  return (text, lineIndent) => {
    inside &&= lineIndent >= indent;
    return inside ? text.slice(Math.min(indent, text.length - text.trimStart().length)) : text;
  };
}

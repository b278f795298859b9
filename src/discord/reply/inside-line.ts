import type { Line } from "./line.ts";
import type { RenderedText } from "./rendered-text.ts";

const SENTENCE_END = /(?<=[.!?…]["'”’»)\]*_~|`]*)\s+(?=[^\s\p{Ll}\p{M}])|(?<=[。！？])(?=\S)/gu;
const WORD_END = /\s+(?!\p{M}|\u200d)(?=\S)/gu;
const CODE_WORD_END = /(?<=[\s,;)}\]>])(?!\p{M}|\u200d)/gu;
const GRAPHEMES = new Intl.Segmenter("en", { granularity: "grapheme" });

/**
 * The places inside a line, after `from`, at which a message that ends there is not beyond `reach`: an offset each,
 * where the next message begins.
 */
export function cutsInside(rendered: RenderedText, index: number, from: number, reach: number) {
  const line = rendered.lines[index];
  const start = rendered.starts[index] ?? 0;
  const end = start + (line?.text.length ?? 0);
  const isCode = line?.fence !== undefined;
  // A line that is neither running text nor a code block's content (a code block's opening) is not cut inside.
  const cuttable = isCode || line?.prose !== undefined;
  const first = Math.max(from + 1, start + (line?.lead ?? 0) + 1);
  const last = Math.min(reach - (line === undefined ? 0 : closingLength(line)), end);

  const proseStart = start + (line?.lead ?? 0) - (line?.proseOffset ?? 0);
  const spans = (isCode ? [] : (line?.prose?.spans() ?? []))
    .map((span) => ({ ...span, start: span.start + proseStart, end: span.end + proseStart }))
    .filter((span) => span.start < last + 1 && first - 1 < span.end);
  const open = (offset: number) => spans.filter((span) => span.start < offset && offset < span.end);
  const isWhole = (offset: number) => open(offset).length === 0;
  const onlyMarkers = (offset: number) => open(offset).every(({ marker }) => marker !== undefined);
  const markersFit = (offset: number) =>
    offset + open(offset).reduce((sum, { marker = "" }) => sum + marker.length, 0) <= last;

  // What a pattern looks back at is a few characters long.
  const windowStart = Math.max(start, first - 10);
  const ends = function* (pattern: RegExp): Generator<number> {
    if (!cuttable) return;
    for (const found of rendered.text.slice(windowStart, last + 1).matchAll(pattern)) {
      const offset = windowStart + found.index + found[0].length;
      const fits = (isCode ? offset : windowStart + found.index) <= last;
      if (offset >= first && fits && offset < end) yield offset;
    }
  };
  return {
    sentences: (): number[] => (isCode ? [] : [...ends(SENTENCE_END)].filter(isWhole)),
    lastWord: (how: "whole" | "torn"): number | undefined =>
      [...ends(isCode ? CODE_WORD_END : WORD_END)].findLast(
        how === "whole" ? isWhole : (offset) => onlyMarkers(offset) && markersFit(offset),
      ),
    lastGrapheme: (): number => {
      if (!cuttable || last < first) return 0;
      const graphemes = GRAPHEMES.segment(rendered.text.slice(first - 1, last + 64));
      for (let offset = last; offset >= first; offset--) {
        offset = first - 1 + (graphemes.containing(offset - first + 1)?.index ?? 0);
        if (offset >= first && markersFit(offset)) return offset;
      }
      // One grapheme that no message can hold: at least no surrogate pair is cut.
      const unit = rendered.text.charCodeAt(last);
      return unit >= 0xdc00 && unit <= 0xdfff ? last - 1 : last;
    },
  };
}

/** What a message has to add when the next one begins at or in `line`. */
export function closingLength(line: Line): number {
  return line.fence === undefined ? 0 : line.fence.close.length + 1;
}

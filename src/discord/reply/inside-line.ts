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
  const inReach = isCode ? [] : line?.prose?.spansBetween(first - 1 - proseStart, last + 1 - proseStart);
  const spans = (inReach ?? []).map(({ start, end, marker }) => ({
    start: start + proseStart,
    end: end + proseStart,
    marker,
  }));
  const open = (offset: number) => spans.filter((span) => span.start < offset && offset < span.end);
  const isWhole = (offset: number) => open(offset).length === 0;
  const onlyMarkers = (offset: number) => open(offset).every(({ marker }) => marker !== undefined);
  const markers = (offset: number) => open(offset).reduce((sum, { marker = "" }) => sum + marker.length, 0);
  const markersFit = (offset: number) => offset + markers(offset) <= last;
  // `2 * 3` in italics: beside the sign that closes or opens it again, the text's own would be read with it.
  const isClear = (offset: number) => {
    const before = rendered.text
      .slice(Math.max(start, offset - 20), offset)
      .trimEnd()
      .at(-1);
    const signs = open(offset).map(({ marker = "" }) => marker[0]);
    return !signs.includes(before) && !signs.includes(rendered.text[offset]);
  };

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
        how === "whole" ? isWhole : (offset) => onlyMarkers(offset) && markersFit(offset) && isClear(offset),
      ),
    /** 0 where not one fits. */
    lastGrapheme: (): number => {
      if (!cuttable || last < first) return 0;
      const graphemes = GRAPHEMES.segment(rendered.text.slice(first - 1, last + 64));
      const begin = (offset: number) => first - 1 + (graphemes.containing(offset - first + 1)?.index ?? 0);
      for (let offset = begin(last); offset >= first; offset = begin(offset - 1)) {
        if (markersFit(offset) && isClear(offset)) return offset;
      }
      if (begin(last) >= first) return 0;
      // One grapheme that no message can hold: at least no surrogate pair is cut.
      const cut = last - markers(last);
      const unit = rendered.text.charCodeAt(cut);
      return unit >= 0xdc00 && unit <= 0xdfff ? cut - 1 : cut;
    },
  };
}

/** What a message has to add when the next one begins at or in `line`. */
export function closingLength(line: Line): number {
  return line.fence === undefined ? 0 : line.fence.close.length + 1;
}

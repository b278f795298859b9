import { BLANK_FIRST_LINE } from "./fence.ts";
import type { Line } from "./line.ts";
import { lineIndexAt, openMarkers, type RenderedText } from "./rendered-text.ts";

/** A place where a message may end and the next one begin. */
export interface Cut {
  /** Where the next message begins. */
  readonly offset: number;
  /** See `breakCost` of Line. */
  readonly cost: number;
}

export interface Cuts {
  /** Where a line, sentence or item ends, in order of offset. */
  readonly natural: readonly Cut[];
  /** The last place up to which a message can reach, tearing nothing without need. */
  readonly furthest: Cut;
}

const SENTENCE_COST = 0.5;
const WORD_COST = 0.8;
const TORN_COST = 1;

// Words are torn apart from their sentence only if a message would stay half empty; graphemes later still.
const FILLED_BY_SENTENCES = 0.5;
const FILLED_BY_WORDS = 0.25;

/** Where a message that begins at `from` can end; undefined when all that is left fits in it. */
export function findCuts(rendered: RenderedText, from: number, limit: number): Cuts | undefined {
  const { lines, starts, text } = rendered;
  const firstIndex = lineIndexAt(rendered, from);
  const reach = from + limit - openingLength(rendered, from, lines[firstIndex]);
  if (text.length <= reach) return undefined;

  const natural: Cut[] = [];
  let straddling = firstIndex;
  for (let index = firstIndex + 1; index < lines.length; index++) {
    const line = lines[index];
    if (line === undefined || contentEnd(rendered, index) + closingLength(line) > reach) break;
    straddling = index;
    if (line.breakCost < TORN_COST) natural.push({ offset: starts[index] ?? 0, cost: costOf(line, limit) });
  }

  const line = lines[straddling];
  const start = starts[straddling] ?? 0;
  if (line === undefined) return undefined;
  const inside = insideLine(rendered, straddling, Math.max(from, start), reach);
  for (const offset of inside.sentences()) natural.push({ offset, cost: SENTENCE_COST });
  const best = natural.at(-1);
  if (best !== undefined && best.offset >= from + limit * FILLED_BY_SENTENCES)
    return { natural, furthest: best };

  const words = [inside.lastWord("whole"), best?.offset ?? 0];
  const word = Math.max(...words.map((each) => each ?? 0));
  if (word >= from + limit * FILLED_BY_WORDS) return { natural, furthest: { offset: word, cost: WORD_COST } };
  const torn = inside.lastWord("torn") ?? 0;
  if (torn >= from + limit * FILLED_BY_WORDS) return { natural, furthest: { offset: torn, cost: TORN_COST } };
  const grapheme = inside.lastGrapheme();
  if (grapheme > from) return { natural, furthest: { offset: grapheme, cost: TORN_COST } };
  // Not one character of this line fits behind what must stay together above it.
  return { natural, furthest: { offset: Math.max(start, from + 1), cost: TORN_COST } };
}

/** What a message that begins here has to repeat. */
function openingLength(rendered: RenderedText, from: number, line: Line | undefined): number {
  if (line === undefined) return 0;
  const markers = openMarkers(rendered, from).join("").length;
  const inside = from > (rendered.starts[lineIndexAt(rendered, from)] ?? 0);
  const blankFirstLine = line.text === "" ? BLANK_FIRST_LINE.length : 0;
  return (
    (line.fence === undefined ? 0 : line.fence.open.length + 1 + blankFirstLine) +
    (inside ? line.prefix.length + markers : 0)
  );
}

/** What a message has to add when the next one begins at or in `line`. */
function closingLength(line: Line): number {
  return line.fence === undefined ? 0 : line.fence.close.length + 1;
}

function costOf(line: Line, limit: number): number {
  return line.fence !== undefined && line.fence.size > limit ? line.breakCost / 2 : line.breakCost;
}

/** Where the last visible line before a line ends. */
function contentEnd({ lines, starts }: RenderedText, index: number): number {
  let last = index - 1;
  while (last > 0 && lines[last]?.fence === undefined && lines[last]?.text.trim() === "") last--;
  return (starts[last] ?? 0) + (lines[last]?.text.length ?? 0);
}

const SENTENCE_END = /(?<=[.!?…]["'”’»)\]*_~|`]*)\s+(?=[^\s\p{Ll}\p{M}])|(?<=[。！？])(?=\S)/gu;
const WORD_END = /\s+(?!\p{M}|\u200d)(?=\S)/gu;
const CODE_WORD_END = /(?<=[\s,;)}\]>])(?!\p{M}|\u200d)/gu;
const GRAPHEMES = new Intl.Segmenter("en", { granularity: "grapheme" });

/** The places inside a line, after `from`, at which a message that ends there is not beyond `reach`. */
function insideLine(rendered: RenderedText, index: number, from: number, reach: number) {
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

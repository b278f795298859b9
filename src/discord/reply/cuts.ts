import { BLANK_FIRST_LINE } from "./fence.ts";
import { closingLength, cutsInside } from "./inside-line.ts";
import type { Line } from "./line.ts";
import { isBlankCode, lineIndexAt, openMarkers, type RenderedText } from "./rendered-text.ts";

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

/**
 * Where a message that begins at `from` can end; undefined when all that is left fits in it. A sentence or a word is
 * torn where the message would not reach `needed` without that.
 */
export function findCuts(rendered: RenderedText, from: number, limit: number, needed = 0): Cuts | undefined {
  const { lines, starts, text } = rendered;
  const firstIndex = lineIndexAt(rendered, from);
  const reach = from + limit - openingLength(rendered, from, lines[firstIndex]);
  if (text.length <= reach) return undefined;

  const natural: Cut[] = [];
  let straddling = firstIndex;
  // Where a line begins inside of bold text, say, a message ends in the lines above it sooner than there.
  let uncut = firstIndex;
  for (let index = firstIndex + 1; index < lines.length; index++) {
    const line = lines[index];
    if (line === undefined || contentEnd(rendered, index) + closingLength(line) > reach) break;
    straddling = index;
    if (line.breakCost >= TORN_COST || isInsideSpan(line)) continue;
    natural.push({ offset: starts[index] ?? 0, cost: costOf(line, limit) });
    uncut = index;
  }

  const inLine = (index: number) => cutsInside(rendered, index, Math.max(from, starts[index] ?? 0), reach);
  const uncutLines = Array.from({ length: straddling - uncut + 1 }, (_, index) => inLine(straddling - index));
  for (const inside of uncutLines.toReversed()) {
    for (const offset of inside.sentences()) natural.push({ offset, cost: SENTENCE_COST });
  }
  const furthest = fillingCut(uncutLines, natural.at(-1), { from, limit, needed });
  if (furthest !== undefined) return { natural, furthest };

  for (let index = straddling; index >= firstIndex; index--) {
    const grapheme = inLine(index).lastGrapheme();
    if (grapheme > from) return { natural, furthest: { offset: grapheme, cost: TORN_COST } };
  }
  // Not one character of these lines can be cut off.
  return { natural, furthest: { offset: Math.max(starts[straddling] ?? 0, from + 1), cost: TORN_COST } };
}

/** The first kind of cut that fills a message and reaches `needed`, or else the first that fills one. */
function fillingCut(
  lines: readonly ReturnType<typeof cutsInside>[],
  natural: Cut | undefined,
  { from, limit, needed }: { readonly from: number; readonly limit: number; readonly needed: number },
): Cut | undefined {
  const lastWord = (how: "whole" | "torn") => {
    for (const inside of lines) {
      const offset = inside.lastWord(how);
      if (offset !== undefined) return offset;
    }
    return 0;
  };
  const whole = natural?.offset ?? 0;
  // Looked for in turn: most messages end with a sentence.
  const kinds: readonly [filled: number, cut: () => Cut | undefined][] = [
    [FILLED_BY_SENTENCES, () => natural],
    [FILLED_BY_WORDS, () => ({ offset: Math.max(lastWord("whole"), whole), cost: WORD_COST })],
    [FILLED_BY_WORDS, () => ({ offset: lastWord("torn"), cost: TORN_COST })],
  ];
  let first: Cut | undefined;
  for (const [filled, find] of kinds) {
    const cut = find();
    if (cut === undefined || cut.offset < from + limit * filled) continue;
    if (cut.offset >= needed) return cut;
    first ??= cut;
  }
  return first;
}

/** What a message that begins here has to repeat. */
function openingLength(rendered: RenderedText, from: number, line: Line | undefined): number {
  if (line === undefined) return 0;
  const markers = openMarkers(rendered, from).join("").length;
  const inside = from > (rendered.starts[lineIndexAt(rendered, from)] ?? 0);
  const blankFirstLine = isBlankCode(line) ? BLANK_FIRST_LINE.length : 0;
  return (
    (line.fence === undefined ? 0 : line.fence.open.length + 1 + blankFirstLine) +
    (inside ? line.prefix.length + markers : 0)
  );
}

/** Whether emphasis, code or a link goes on from the line above: it is closed in time only by a cut in a line. */
function isInsideSpan({ prose, proseOffset }: Line): boolean {
  if (prose === undefined || proseOffset === 0) return false;
  return prose.spansBetween(proseOffset, proseOffset).length > 0;
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

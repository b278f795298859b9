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
    if (line.breakCost < TORN_COST && !isInsideSpan(line))
      natural.push({ offset: starts[index] ?? 0, cost: costOf(line, limit) });
  }

  const line = lines[straddling];
  const start = starts[straddling] ?? 0;
  if (line === undefined) return undefined;
  const inside = cutsInside(rendered, straddling, Math.max(from, start), reach);
  for (const offset of inside.sentences()) natural.push({ offset, cost: SENTENCE_COST });
  const best = natural.at(-1);
  if (best !== undefined && best.offset >= from + limit * FILLED_BY_SENTENCES)
    return { natural, furthest: best };

  const words = [inside.lastWord("whole"), best?.offset ?? 0];
  const word = Math.max(...words.map((each) => each ?? 0));
  if (word >= from + limit * FILLED_BY_WORDS) return { natural, furthest: { offset: word, cost: WORD_COST } };
  const torn = inside.lastWord("torn") ?? 0;
  if (torn >= from + limit * FILLED_BY_WORDS) return { natural, furthest: { offset: torn, cost: TORN_COST } };
  for (let index = straddling; index >= firstIndex; index--) {
    const above =
      index === straddling ? inside : cutsInside(rendered, index, Math.max(from, starts[index] ?? 0), reach);
    const grapheme = above.lastGrapheme();
    if (grapheme > from) return { natural, furthest: { offset: grapheme, cost: TORN_COST } };
  }
  // Not one character of these lines can be cut off.
  return { natural, furthest: { offset: Math.max(start, from + 1), cost: TORN_COST } };
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

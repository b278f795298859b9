import type { Prose } from "./prose.ts";

/** One line of an answer in Discord's dialect, with what the packer must know to begin a message in or at it. */
export interface Line {
  readonly text: string;
  /** What it costs the reader when a message begins at this line: 0 nothing, 1 as bad as a torn word. */
  readonly breakCost: number;
  /** How many characters of `text` come from the containers around it: indentation, quote signs, a bullet. */
  readonly lead: number;
  /** What stands before the text when a message begins inside this line: `> ` in a quote, else nothing. */
  readonly prefix: string;
  /** Leading spaces that only make sense below the list item in front; removed when that is in another message. */
  readonly indent: number;
  readonly heading: boolean;
  /** The code block that a message beginning here, or inside this line, has to open again. */
  readonly fence: Fence | undefined;
  /** The running text that this line is a piece of, and where in it the line begins. */
  readonly prose: Prose | undefined;
  readonly proseOffset: number;
}

/** A code block. */
export interface Fence {
  /** The whole opening line, with what its containers put before it. */
  readonly open: string;
  readonly close: string;
  /** UTF-16 units of its content: a block that no message can hold is cut with less regret. */
  readonly size: number;
}

/** No message begins at such a line unless there is no other way. */
export const NEVER = Number.POSITIVE_INFINITY;

/** A line from its text; what is not said is as for a paragraph's first line. */
export function line(text: string, about: Partial<Line> = {}): Line {
  return {
    text,
    breakCost: 0,
    lead: 0,
    prefix: "",
    indent: 0,
    heading: false,
    fence: undefined,
    prose: undefined,
    proseOffset: 0,
    ...about,
  };
}

/**
 * Adds the lines of the next block. A heading stays with what follows it, and a sentence that ends in a colon would
 * rather stay with what it announces.
 */
export function appendBlock(lines: Line[], block: readonly Line[], blankBefore: Line | undefined): void {
  const [first, ...rest] = block;
  if (first === undefined) return;
  const previous = lines.findLast(({ text, lead, fence }) => fence !== undefined || text.length > lead);
  if (previous !== undefined && blankBefore !== undefined) lines.push(blankBefore);
  lines.push({ ...first, breakCost: costAfter(previous, first) });
  for (const each of rest) lines.push(each);
}

function costAfter(previous: Line | undefined, first: Line): number {
  if (previous?.heading === true && !first.heading) return NEVER;
  const announced = previous?.prose !== undefined && previous.text.endsWith(":");
  return announced ? Math.max(first.breakCost, 0.4) : first.breakCost;
}

import { styleText } from "node:util";
import type { Terminal } from "./terminal.ts";

export interface Column<Row> {
  readonly title: string;
  readonly value: (row: Row) => string;
  /** Numbers stand below each other when they end in the same place. */
  readonly align?: "right";
  /** Never cut: half of it would be of no use. */
  readonly whole?: true;
}

/** Prints rows in aligned columns. On a terminal the widest are cut to fit its width; a pipe gets everything. */
export function printTable<Row>(
  terminal: Pick<Terminal, "stdout">,
  columns: readonly Column<Row>[],
  rows: readonly Row[],
): void {
  const { stdout } = terminal;
  const width = stdout.isTTY ? stdout.columns || DEFAULT_WIDTH : Number.POSITIVE_INFINITY;
  const [titles = "", ...lines] = tableLines(columns, rows, width);
  stdout.write(`${[styleText("bold", titles, { stream: stdout }), ...lines].join("\n")}\n`);
}

/** The lines of the table, the titles first; none is longer than `width` UTF-16 units if columns can be cut so far. */
export function tableLines<Row>(
  columns: readonly Column<Row>[],
  rows: readonly Row[],
  width: number,
): string[] {
  // Column by column, and without an array for each row: a list may have ten thousand.
  const cells = columns.map(({ title, value }) => [title, ...rows.map((row) => oneLine(value(row)))]);
  const needed = cells.map((column) => column.reduce((most, { length }) => Math.max(most, length), 0));
  const widths = shrunk(needed, columns, width - GAP.length * (columns.length - 1));
  const padded = cells.map((column, index) => {
    const space = widths[index] ?? 0;
    const isRight = columns[index]?.align === "right";
    return column.map((cell) => {
      const shown = cut(cell, space);
      return isRight ? shown.padStart(space) : shown.padEnd(space);
    });
  });
  const [first = [], ...others] = padded;
  return first.map((cell, row) => others.reduce((line, column) => line + GAP + column[row], cell).trimEnd());
}

const GAP = "  ";
const DEFAULT_WIDTH = 80;
/** Less than this tells nothing any more. */
const NARROWEST = 8;

/** Takes from the widest column that may be cut, one sign at a time, until all fit. */
function shrunk(
  needed: readonly number[],
  columns: readonly { readonly whole?: true }[],
  width: number,
): number[] {
  const widths = [...needed];
  const cuttable = [...widths.keys()].filter((index) => columns[index]?.whole !== true);
  let over = widths.reduce((sum, each) => sum + each, 0) - width;
  while (over > 0) {
    const widest = cuttable.reduce((most, index) => Math.max(most, widths[index] ?? 0), 0);
    if (widest <= NARROWEST) break;
    const index = cuttable.find((each) => widths[each] === widest) ?? 0;
    widths[index] = widest - 1;
    over -= 1;
  }
  return widths;
}

function cut(text: string, width: number): string {
  if (text.length <= width) return text;
  // No half of a surrogate pair is left at the end.
  return `${text.slice(0, width - 1).replace(/[\uD800-\uDBFF]$/, "")}…`;
}

function oneLine(text: string): string {
  return /\s/.test(text) ? text.replace(/\s+/g, " ").trim() : text;
}

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

/**
 * Prints rows in aligned columns, and nothing where there are none; false then. On a terminal the widest are cut to
 * fit its width; a pipe gets everything.
 */
export function printTable<Row>(
  terminal: Pick<Terminal, "stdout">,
  columns: readonly Column<Row>[],
  rows: Iterable<Row>,
): boolean {
  const { stdout } = terminal;
  const width = stdout.isTTY ? stdout.columns || DEFAULT_WIDTH : Number.POSITIVE_INFINITY;
  const [titles = "", ...lines] = tableLines(columns, rows, width);
  if (lines.length === 0) return false;
  stdout.write(`${[styleText("bold", titles, { stream: stdout }), ...lines].join("\n")}\n`);
  return true;
}

/** The lines of the table, the titles first; none is longer than `width` UTF-16 units if columns can be cut so far. */
export function tableLines<Row>(
  columns: readonly Column<Row>[],
  rows: Iterable<Row>,
  width: number,
): string[] {
  const count = columns.length;
  const needed = columns.map(({ title }) => title.length);
  // Each row is laid out at once, as wide as is known by then: of ten thousand, keeping the cells costs more than that.
  const laidOut: Block[] = [];
  let block: Block | undefined;
  const add = (cells: readonly string[]) => {
    for (let index = 0; index < count; index += 1) {
      const { length } = cells[index] as string;
      if (length <= (needed[index] as number)) continue;
      needed[index] = length;
      block = undefined;
    }
    if (block === undefined) {
      block = { widths: [...needed], lines: [] };
      laidOut.push(block);
    }
    block.lines.push(line(columns, cells, needed));
  };
  add(columns.map(({ title }) => title));
  const cells: string[] = [];
  for (const row of rows) {
    for (let index = 0; index < count; index += 1) {
      cells[index] = oneLine((columns[index] as Column<Row>).value(row));
    }
    add(cells);
  }
  const widths = shrunk(needed, columns, width - GAP.length * (count - 1));
  return laidOut.flatMap(({ widths: had, lines }) => {
    if (had.every((each, index) => each === widths[index])) return lines.map((each) => each.trimEnd());
    return lines.map((each) => line(columns, cellsOf(each, had), widths).trimEnd());
  });
}

/** Lines whose columns have the same widths. */
interface Block {
  readonly widths: readonly number[];
  readonly lines: string[];
}

function line(
  columns: readonly Pick<Column<never>, "align">[],
  cells: readonly string[],
  widths: readonly number[],
): string {
  const padded: string[] = [];
  for (let index = 0; index < widths.length; index += 1) {
    const space = widths[index] as number;
    const shown = cut(cells[index] as string, space);
    padded[index] = columns[index]?.align === "right" ? shown.padStart(space) : shown.padEnd(space);
  }
  // Added up with +=, a line would be a chain of pieces until somebody reads it: three times as much to collect.
  return padded.join(GAP);
}

function cellsOf(line: string, widths: readonly number[]): string[] {
  let at = 0;
  return widths.map((space) => {
    const cell = line.slice(at, at + space).trim();
    at += space + GAP.length;
    return cell;
  });
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

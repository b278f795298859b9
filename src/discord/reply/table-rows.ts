/** A table as it is written: its header, then its rows, each cell without the space around it. */
export interface TableRows {
  readonly cells: readonly (readonly string[])[];
  readonly align: readonly ("left" | "right" | "center" | null)[];
}

const ROW = /^ {0,3}\|/;
const DELIMITER = /^ {0,3}\|(?:[ \t]*:?-+:?[ \t]*\|)*[ \t]*:?-+:?[ \t]*\|?[ \t]*$/;

/** The table that consists of these lines, if each begins with a pipe as nearly everybody writes it. */
export function readTable(lines: readonly string[]): TableRows | undefined {
  const [header = "", delimiter = ""] = lines;
  if (!DELIMITER.test(delimiter) || !lines.every((each) => ROW.test(each))) return undefined;
  const marks = cellsOf(delimiter);
  if (cellsOf(header).length !== marks.length) return undefined;
  return {
    cells: [header, ...lines.slice(2)].map(cellsOf),
    align: marks.map((mark) => {
      if (mark.startsWith(":")) return mark.endsWith(":") ? "center" : "left";
      return mark.endsWith(":") ? "right" : null;
    }),
  };
}

/** A pipe with a backslash before it is a part of its cell, also inside code. */
function cellsOf(line: string): string[] {
  const inner = line.trim().replace(/^\|/, "");
  if (!inner.includes("\\"))
    return inner
      .replace(/\|$/, "")
      .split("|")
      .map((each) => each.trim());
  const cells = inner.match(/(?:\\[\\|]|[^|])+|(?<=\|)(?=\|)|^(?=\|)/g) ?? [""];
  return cells.map((each) => each.trim());
}

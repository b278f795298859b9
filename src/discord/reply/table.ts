import type { Nodes } from "mdast";
import { displayWidth } from "./display-width.ts";
import { codeLines } from "./fence.ts";
import { type Line, line, NEVER } from "./line.ts";
import { parseInline } from "./markdown.ts";
import type { Place } from "./place.ts";
import { prose, shownText } from "./prose.ts";
import type { TableRows } from "./table-rows.ts";

/** Columns of Discord's code font that a phone shows without a line break. */
export const PHONE_COLUMNS = 36;

/** Discord has no tables: one that fits a phone becomes an aligned code block, any other a list, a row an item. */
export function tableLines({ cells, align }: TableRows, place: Place): Line[] {
  const rows = cells.map((row) => row.map(withoutPipes));
  // A link or mention is worth more than a straight column: in code it would be dead.
  const isAlive = rows.some((row) => row.some((cell) => /https?:\/\/|<[@#:/at]/.test(cell)));
  const aligned = isAlive ? undefined : alignedRows(rows, align);
  if (aligned === undefined) return listLines(rows, place);
  return codeLines(aligned, "", place, (_, index) => (index < 3 ? NEVER : 0.3));
}

function withoutPipes(cell: string): string {
  const text = cell.includes("\\|") ? cell.replaceAll("\\|", "|") : cell;
  return text.includes("<") ? text.replace(/\s*<br ?\/?>\s*/gi, "; ") : text;
}

/** The rows in columns, with a rule below the header; undefined when a phone is too narrow for them. */
function alignedRows(
  rows: readonly (readonly string[])[],
  align: TableRows["align"],
): readonly string[] | undefined {
  const widths: number[] = [];
  const plain: (readonly string[])[] = [];
  for (const row of rows) {
    const shown = row.map(plainText);
    for (const [column, cell] of shown.entries()) {
      widths[column] = Math.max(widths[column] ?? 1, displayWidth(cell));
    }
    // Of a table that is too wide no more than its beginning is measured.
    if (widths.reduce((sum, each) => sum + each + 2, -2) > PHONE_COLUMNS) return undefined;
    plain.push(shown);
  }
  const columns = plain.map((row) =>
    widths
      .map((width, column) => aligned(row[column] ?? "", width, align[column]))
      .join("  ")
      .trimEnd(),
  );
  const rule = widths.map((width) => "─".repeat(width)).join("  ");
  return [columns[0] ?? "", rule, ...columns.slice(1)];
}

function listLines(rows: readonly (readonly string[])[], { lead, indent, inline }: Place): Line[] {
  const [header = [], ...body] = rows;
  const about = { indent, prefix: lead.slice(indent) };
  const item = (written: string, bullet: string, breakCost: number): Line => {
    const text = shownText(written, inline).replaceAll("\n", " ");
    return line(lead + bullet + text, {
      ...about,
      indent: indent + bullet.length - 2,
      lead: lead.length + bullet.length,
      prose: prose(text, inline),
      breakCost,
    });
  };
  return (body.length > 0 ? body : [header]).flatMap((row, index) => {
    const [name = "", ...cells] = row;
    const title = item(bold(name), "- ", index === 0 ? 0 : 0.1);
    const facts = cells.flatMap((cell, column) => {
      const label = header[column + 1] ?? "";
      if (cell === "") return [];
      return [label === "" || row === header ? cell : `${label}: ${cell}`];
    });
    const [fact] = facts;
    if (facts.length === 1 && fact !== undefined) {
      return [item(name === "" ? fact : `${bold(name)} · ${fact}`, "- ", title.breakCost)];
    }
    return [title, ...facts.map((each, at) => item(each, "  - ", at === 0 ? NEVER : 0.3))];
  });
}

function bold(text: string): string {
  return text === "" || /[*_]/.test(text) ? text : `**${text}**`;
}

const MARKUP = /[`*_~[\\&<]/;
/** Nothing but words, code and bold, as in most cells. */
const SIMPLE = /^(?:[^`*_~[\\&<]|`[^`]+`|\*\*[^`*_~[\\&<\s](?:[^`*_~[\\&<]*[^`*_~[\\&<\s])?\*\*)*$/;

/** A cell without its markup, as it is shown in a code block. */
function plainText(cell: string): string {
  if (!MARKUP.test(cell)) return cell;
  if (SIMPLE.test(cell)) return cell.replace(/`([^`]+)`|\*\*/g, "$1");
  const read = (node: Nodes): string => {
    if ("value" in node) return node.value;
    return "children" in node ? node.children.map(read).join("") : "";
  };
  return read(parseInline(cell)).replaceAll("\n", " ");
}

function aligned(
  text: string,
  width: number,
  alignment: "left" | "right" | "center" | null | undefined,
): string {
  const missing = width - displayWidth(text);
  if (alignment === "right") return " ".repeat(missing) + text;
  if (alignment === "center") {
    const before = Math.floor(missing / 2);
    return " ".repeat(before) + text + " ".repeat(missing - before);
  }
  return text + " ".repeat(missing);
}

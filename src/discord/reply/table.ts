import type { Nodes, Table } from "mdast";
import { codeLines } from "./fence.ts";
import { type Line, line, NEVER } from "./line.ts";
import { parseInline } from "./markdown.ts";
import { plainBackticks } from "./plain-backticks.ts";
import { prose } from "./prose.ts";

/** Columns of Discord's code font that a phone shows without a line break. */
export const PHONE_COLUMNS = 36;

/** Discord has no tables: one that fits a phone becomes an aligned code block, any other a list, a row an item. */
export function tableLines(table: Table, source: string, lead: string, indent: number): Line[] {
  const rows = table.children.map((row) =>
    row.children.map((cell) => {
      const [first, last] = [cell.children.at(0), cell.children.at(-1)];
      const text = source.slice(first?.position?.start.offset ?? 0, last?.position?.end.offset ?? 0);
      return text.replaceAll("\\|", "|").trim();
    }),
  );
  const plain = rows.map((row) => row.map(plainText));
  const columns = Math.max(...plain.map((row) => row.length));
  const widths = Array.from({ length: columns }, (_, column) =>
    Math.max(1, ...plain.map((row) => displayWidth(row[column] ?? ""))),
  );
  const width = widths.reduce((sum, each) => sum + each + 2, -2);
  // A link or mention is worth more than a straight column: in code it would be dead.
  const alive = rows.some((row) => row.some((cell) => /https?:\/\/|\]\(|<[@#:/at]/.test(cell)));
  if (alive || width > PHONE_COLUMNS) return listLines(rows, lead, indent);
  const aligned = plain.map((row) =>
    widths
      .map((columnWidth, column) => align(row[column] ?? "", columnWidth, table.align?.[column]))
      .join("  "),
  );
  const rule = widths.map((columnWidth) => "─".repeat(columnWidth)).join("  ");
  const content = [aligned[0] ?? "", rule, ...aligned.slice(1)].map((each) => each.trimEnd());
  return codeLines(content, "", { lead, indent }, (_, index) => (index < 3 ? NEVER : 0.3));
}

function listLines(rows: readonly (readonly string[])[], lead: string, indent: number): Line[] {
  const [header = [], ...body] = rows;
  const about = { indent, prefix: lead.slice(indent) };
  const item = (written: string, bullet: string, breakCost: number): Line => {
    const text = plainBackticks(written);
    return line(lead + bullet + text, {
      ...about,
      indent: indent + bullet.length - 2,
      lead: lead.length + bullet.length,
      prose: prose(text),
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

/** A cell without its markup, as it is shown in a code block. */
function plainText(cell: string): string {
  if (!/[`*_~[\\&<]/.test(cell)) return cell;
  const read = (node: Nodes): string => {
    if ("value" in node) return node.value;
    return "children" in node ? node.children.map(read).join("") : "";
  };
  return read(parseInline(cell)).replaceAll("\n", " ");
}

function align(
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

const GRAPHEMES = new Intl.Segmenter("en", { granularity: "grapheme" });
const WIDE =
  /^(?:\p{Emoji_Presentation}|.\ufe0f|[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|[\u{20000}-\u{3fffd}])/u;

/** Columns that a text takes in a code font: Chinese, Japanese, Korean and emoji take two each. */
export function displayWidth(text: string): number {
  if (/^[ -~]*$/.test(text)) return text.length;
  let width = 0;
  for (const { segment } of GRAPHEMES.segment(text)) width += WIDE.test(segment) ? 2 : 1;
  return width;
}

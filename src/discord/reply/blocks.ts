import type { BlockContent, DefinitionContent, List, ListItem, Nodes, RootContent, Table } from "mdast";
import { blankLine, bulletOf, itemLines, withCostOf } from "./container-lines.ts";
import { codeLines } from "./fence.ts";
import { appendBlock, type Line } from "./line.ts";
import { parseBlocks } from "./markdown.ts";
import { insideItem, insideQuote, laterItem, type Place, topOf } from "./place.ts";
import { headingLine, paragraphLines, ruleLine } from "./prose-lines.ts";
import { tableLines } from "./table.ts";
import type { TableRows } from "./table-rows.ts";

/**
 * A score of lists and quotes inside each other are no answer that anybody means, and ten thousand overflow the
 * parser's stack: such text is shown as it is.
 */
const TOO_DEEP =
  /^(?:[ \t]{120}[ \t]*(?:[-*+>]|\d{1,9}[.)])|(?:[ \t]{0,8}(?:>|[-+*][ \t]|\d{1,9}[.)][ \t])){20}[^\n]*[^-*_ \t\n])/m;

/** The lines of a text in Discord's dialect, from its Markdown tree. */
export function blockLines(source: string, place: Place = topOf()): Line[] {
  if (TOO_DEEP.test(source)) return paragraphLines(source, place);
  return siblings(parseBlocks(source).children, source, place);
}

type Block = RootContent | BlockContent | DefinitionContent;

function siblings(nodes: readonly Block[], source: string, place: Place): Line[] {
  const lines: Line[] = [];
  let previousEnd: number | undefined;
  for (const node of nodes) {
    const gap = previousEnd !== undefined && firstRow(node) - previousEnd > 1;
    appendBlock(lines, block(node, source, place), gap ? blankLine(place) : undefined);
    previousEnd = node.position?.end.line;
  }
  return lines;
}

function block(node: Block, source: string, place: Place): Line[] {
  switch (node.type) {
    case "heading": {
      // Without a word it would show as its bare signs.
      const text = rawText(node);
      return text.trim() === "" ? [] : [headingLine(text, node.depth, place)];
    }
    case "code": {
      const info = [node.lang, node.meta].filter((each) => each !== null).join(" ");
      return withCostOf(place, codeLines(node.value.split("\n"), info, place));
    }
    case "blockquote":
      return withCostOf(place, siblings(node.children, source, insideQuote(place)));
    case "list":
      return listLines(node, source, place);
    case "table":
      return withCostOf(place, tableLines(rowsOf(node, source), place));
    case "thematicBreak":
      return [ruleLine(place)];
    default:
      return paragraphLines("children" in node ? rawText(node) : slice(node, source), place);
  }
}

function listLines(list: List, source: string, place: Place): Line[] {
  const lines: Line[] = [];
  let previousEnd: number | undefined;
  for (const [index, item] of list.children.entries()) {
    const gap = previousEnd !== undefined && firstRow(item) - previousEnd > 1;
    const bullet = bulletOf(/^(?:[-+*]|\d{1,9}[.)])/.exec(slice(item, source))?.[0] ?? "-");
    const inside = siblings(item.children, source, insideItem(place, bullet));
    const shown = itemLines(bullet, inside, index === 0 ? place : laterItem(place));
    appendBlock(lines, shown, gap ? blankLine(place) : undefined);
    previousEnd = item.position?.end.line;
  }
  return lines;
}

function rowsOf(table: Table, source: string): TableRows {
  const cells = table.children.map((row) =>
    row.children.map((cell) => {
      const [first, last] = [cell.children.at(0), cell.children.at(-1)];
      return source.slice(first?.position?.start.offset ?? 0, last?.position?.end.offset ?? 0);
    }),
  );
  return { cells, align: table.align ?? [] };
}

function firstRow(node: Block | ListItem): number {
  return node.position?.start.line ?? 0;
}

function slice(node: Nodes, source: string): string {
  return source.slice(node.position?.start.offset ?? 0, node.position?.end.offset ?? 0);
}

/** The text of a paragraph or heading as written, without what its containers put before its lines. */
function rawText(node: Nodes): string {
  if (node.type === "break") return "\n";
  if ("value" in node) return node.value;
  return "children" in node ? node.children.map(rawText).join("") : "";
}

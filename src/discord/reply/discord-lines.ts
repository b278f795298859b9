import { blockLines } from "./blocks.ts";
import { blankLine, bulletOf, itemLines, withCostOf } from "./container-lines.ts";
import { itemInside, quoteInside } from "./containers.ts";
import { codeLines } from "./fence.ts";
import { appendBlock, type Line } from "./line.ts";
import { insideItem, insideQuote, laterItem, type Place, topOf } from "./place.ts";
import { headingLine, paragraphLines, ruleLine } from "./prose-lines.ts";
import { closesFence, readSections, type Section } from "./sections.ts";
import { tableLines } from "./table.ts";
import { readTable } from "./table-rows.ts";
import { isThematicBreak } from "./thematic-break.ts";

// A line that can only be a paragraph's, whatever is above or below it in its section.
const PLAIN_LINE =
  /^(?!$|[>|\s]|[-+*](?:[-\s]|$)|(?:[*_][ \t]*){3,}$|=+[ \t]*$|:[ \t]*-|#{1,6}(?:\s|$)|`{3}|~{3}|\d{1,9}[.)](?:\s|$))/;
const HEADING = /^ {0,3}(#{1,6})[ \t]+(\S.*)$/;

/** Nobody means more lists and quotes in each other; what is deeper is left to the parser, which knows how deep it can go. */
const DEEPEST = 12;

/** The lines of a Markdown text in Discord's dialect. */
export function discordLines(text: string, place: Place = topOf()): Line[] {
  return sectionLines(text, readSections(text), place);
}

/** `above` and, below it, the lines of sections of a text that follow it. */
export function sectionLines(
  text: string,
  sections: readonly Section[],
  place: Place,
  above: readonly Line[] = [],
): Line[] {
  const lines = [...above];
  for (const { start, end, kind, blankBefore, afterItem } of sections) {
    const source = text.slice(start, end);
    const own = kind === "item" && afterItem ? laterItem(place) : place;
    const block = kind === "fence" ? fenceLines(source, own) : textLines(source, own);
    appendBlock(lines, withCostOf(own, block), blankBefore ? blankLine(place) : undefined);
  }
  return lines;
}

/** What can be told without a parser is: it is most of an answer, and the parser is the slow part. */
function textLines(source: string, place: Place): Line[] {
  const rows = source.split("\n");
  if (isParagraph(rows)) return paragraphLines(rows.map((row) => row.trim()).join("\n"), place);
  if (rows.length === 1) {
    if (isThematicBreak(source)) return [ruleLine(place)];
    const [, sign, text = ""] = HEADING.exec(source.trimEnd()) ?? [];
    if (sign !== undefined && !text.endsWith("#")) return [headingLine(text, sign.length, place)];
  }
  if (place.depth < DEEPEST) {
    const item = itemInside(rows);
    if (item !== undefined) {
      const bullet = bulletOf(item.marker);
      return itemLines(bullet, discordLines(item.text, insideItem(place, bullet)), place);
    }
    const quoted = quoteInside(rows);
    if (quoted !== undefined) return discordLines(quoted, insideQuote(place));
  }
  const table = readTable(rows);
  return table === undefined ? blockLines(source, place) : tableLines(table, place);
}

function isParagraph(rows: readonly string[]): boolean {
  return !/^(?: {4}| {0,3}\t)/.test(rows[0] ?? "") && rows.every((row) => PLAIN_LINE.test(row.trimStart()));
}

function fenceLines(source: string, place: Place): Line[] {
  const [opening = "", ...content] = source.split("\n");
  const [, indent = "", marker = "", info = ""] = /^( *)(`+|~+)(.*)$/.exec(opening) ?? [];
  if (closesFence(content.at(-1) ?? "", marker.charAt(0), marker.length)) content.pop();
  const margin = new RegExp(`^ {0,${indent.length}}`);
  const shown = indent === "" ? content : content.map((each) => each.replace(margin, ""));
  return codeLines(shown.length === 0 ? [""] : shown, info, place);
}

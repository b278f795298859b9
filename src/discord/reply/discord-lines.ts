import { blockLines } from "./blocks.ts";
import { codeLines } from "./fence.ts";
import { appendBlock, type Line, line, NEVER } from "./line.ts";
import { headingLine, itemLine, paragraphLines } from "./prose-lines.ts";
import { closesFence, readSections, type Section } from "./sections.ts";

// A line that can only be a paragraph's, whatever is above or below it in its section.
const PLAIN_LINE = /^(?![-+=_>#~|:\s]|\*(?!\*\S)|`{3}|\d{1,9}[.)])/;
const ITEM = /^([-*+]|\d{1,9}[.)]) (\S.*)$/;
const HEADING = /^(#{1,6})[ \t]+(\S.*)$/;

/** The lines of a Markdown text in Discord's dialect. */
export function discordLines(text: string): Line[] {
  return sectionLines(text, readSections(text));
}

/** `above` and, below it, the lines of sections of a text that follow it. */
export function sectionLines(
  text: string,
  sections: readonly Section[],
  above: readonly Line[] = [],
): Line[] {
  const lines = [...above];
  for (const { start, end, kind, blankBefore, afterItem } of sections) {
    const source = text.slice(start, end);
    const [first, ...rest] = kind === "fence" ? fenceLines(source) : textLines(source);
    if (first === undefined) continue;
    const breakCost = kind === "item" && afterItem ? 0.1 : 0;
    const blank = blankBefore ? line("", { breakCost: NEVER }) : undefined;
    appendBlock(lines, [{ ...first, breakCost }, ...rest], blank);
  }
  return lines;
}

/** What can be told without a parser is: it is most of an answer, and the parser is the slow part. */
function textLines(source: string): Line[] {
  const rows = source.split("\n");
  if (rows.every((row) => PLAIN_LINE.test(row)))
    return paragraphLines(rows.map((row) => row.trim()).join("\n"));
  const heading = rows.length === 1 ? HEADING.exec(source) : null;
  if (heading?.[1] !== undefined && heading[2] !== undefined && !heading[2].trimEnd().endsWith("#")) {
    return [headingLine(heading[2].trimEnd(), heading[1].length)];
  }
  const item = rows.length === 1 ? ITEM.exec(source) : null;
  if (item?.[1] !== undefined && item[2] !== undefined && PLAIN_LINE.test(item[2])) {
    return itemLine(item[1], item[2].trim());
  }
  return blockLines(source);
}

function fenceLines(source: string): Line[] {
  const [opening = "", ...content] = source.split("\n");
  const [, indent = "", marker = "", info = ""] = /^( *)(`+|~+)(.*)$/.exec(opening) ?? [];
  if (closesFence(content.at(-1) ?? "", marker.charAt(0), marker.length)) content.pop();
  const margin = new RegExp(`^ {0,${indent.length}}`);
  const shown = indent === "" ? content : content.map((each) => each.replace(margin, ""));
  return codeLines(shown.length === 0 ? [""] : shown, info, { lead: "", indent: 0 });
}

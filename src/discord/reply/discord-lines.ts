import { blockLines, headingLine, paragraphLines } from "./blocks.ts";
import { codeLines } from "./fence.ts";
import { appendBlock, type Line, line, NEVER } from "./line.ts";
import { closesFence, readSections, type Section } from "./sections.ts";

// A line that can only be a paragraph's, whatever is above or below it in its section.
const PLAIN_LINE = /^(?![-+=_>#~|:\s]|\*(?!\*\S)|`{3}|\d{1,9}[.)])/;
const ITEM = /^(?:[-*+]|\d{1,9}[.)])[ \t]/;
const HEADING = /^(#{1,6})[ \t]+(.*\S)$/;

/** The lines of a Markdown text in Discord's dialect. */
export function discordLines(text: string): Line[] {
  return sectionLines(text, readSections(text));
}

/** The lines of some of a text's sections. */
export function sectionLines(text: string, sections: readonly Section[]): Line[] {
  const lines: Line[] = [];
  let afterItem = false;
  for (const section of sections) {
    const source = text.slice(section.start, section.end);
    const blank = section.blankBefore ? line("", { breakCost: NEVER }) : undefined;
    const item = section.kind === "lines" && ITEM.test(source);
    const [first, ...rest] = section.kind === "fence" ? fenceLines(source) : textLines(source);
    if (first === undefined) continue;
    appendBlock(lines, [{ ...first, breakCost: item && afterItem ? 0.1 : 0 }, ...rest], blank);
    afterItem = item;
  }
  return lines;
}

/** What can be told without a parser is: it is most of an answer, and the parser is the slow part. */
function textLines(source: string): Line[] {
  const rows = source.split("\n");
  if (rows.every((row) => PLAIN_LINE.test(row)))
    return paragraphLines(rows.map((row) => row.trim()).join("\n"));
  const heading = rows.length === 1 ? HEADING.exec(source) : null;
  if (heading?.[1] !== undefined && heading[2] !== undefined && !heading[2].endsWith("#")) {
    return [headingLine(heading[2], heading[1].length)];
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

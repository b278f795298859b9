/*
 * Reading 2 MB/s and following a growing answer both need the same thing: places where a text can be taken apart
 * without knowing what came before. Such a place is a line that begins a block of the text, or an item of a list of
 * the text, whatever is above it. What is inside an item or a quote is such a text again.
 */

import { isThematicBreak } from "./thematic-break.ts";

/** Where a section begins, and what is right above it. */
export interface SectionStart {
  readonly start: number;
  readonly blankBefore: boolean;
  readonly afterItem: boolean;
}

/** A stretch of a text that reads the same on its own. */
export interface Section extends SectionStart {
  /** After its last line, without the newline of that line and without blank lines that follow it. */
  readonly end: number;
  readonly kind: "fence" | "item" | "lines";
}

/** Where a text's first section begins. */
export const BEGINNING: SectionStart = { start: 0, blankBefore: false, afterItem: false };

const FENCE = /^ {0,3}(?:(`{3,})[^`]*|(~{3,}).*)$/;
const BEGINS_BLOCK = /^(?:#{1,6}(?:[ \t]|$)|[-*+][ \t]+\S|1[.)][ \t]+\S)/;
const LATER_ITEM = /^(?:\d{1,9}[.)][ \t]+\S|(?:[-*+]|\d{1,9}[.)])[ \t]*$)/;
const HEADING = /^#{1,6}(?:[ \t]|$)/;
const UNDERLINE = /^(?:=+|-+)[ \t]*$/;
const ITEM = /^([-*+]|\d{1,9}[.)])(?:([ \t]+)(\S)?|$)/;

/** A line that is indented further is code, or goes on with what is above it. */
const MOST_INDENT = 3;

/** The sections of a text from one's start on. */
export function readSections(text: string, begin: SectionStart = BEGINNING): Section[] {
  const sections: Section[] = [];
  let open: (Section & { end: number; readonly itemIndent: number }) | undefined;
  let { start, blankBefore, afterItem } = begin;
  let paragraph = false;
  // Whether what is inside the open item can go on with a line that is outside of it: only a paragraph does that.
  let goesOn = false;
  // A fence inside the open item: what is outside the item ends both.
  let itemFence: string | undefined;
  const close = () => {
    if (open !== undefined) sections.push(open);
    afterItem = sections.length === 0 ? begin.afterItem : sections.at(-1)?.kind === "item";
    open = undefined;
    itemFence = undefined;
  };
  while (start < text.length) {
    let end = lineEnd(text, start);
    const indent = indentation(text, start, end);
    if (indent === undefined) {
      blankBefore = true;
      start = end + 1;
      continue;
    }
    const itemIndent = open?.itemIndent ?? 0;
    // What is indented as far as the item above it belongs to that item.
    const isOutside = indent <= MOST_INDENT && (itemIndent === 0 || indent < itemIndent);
    const content = text.slice(start + indent, end);
    const fence = isOutside ? FENCE.exec(content) : null;
    if (fence !== null) {
      close();
      end = endOfFence(text, end, fence[1] ?? fence[2] ?? "");
      sections.push({ start, end, blankBefore, afterItem, kind: "fence" });
      afterItem = false;
    } else if (
      open === undefined ||
      (isOutside && ((itemIndent > 0 && !goesOn) || begins(content, blankBefore, itemIndent > 0, paragraph)))
    ) {
      close();
      const inside = contentIndent(content);
      const kind = inside > 0 ? "item" : "lines";
      open = { start, end, blankBefore, afterItem, kind, itemIndent: inside === 0 ? 0 : indent + inside };
      const first = content.slice(inside).trim();
      itemFence = fenceAfter(undefined, first);
      goesOn = itemFence === undefined && isParagraph(first);
    } else {
      open.end = end;
      const wasInFence = itemFence !== undefined;
      itemFence = fenceAfter(itemFence, content.trim());
      goesOn = !wasInFence && itemFence === undefined && isParagraph(content.trim());
    }
    // Only a paragraph that is still open takes a line like "2. and so on" for its own.
    paragraph = !(isNoParagraph(content) || (paragraph && UNDERLINE.test(content)));
    blankBefore = false;
    start = end + 1;
  }
  close();
  return sections;
}

/** The signs of the fence that is open after a line, given those of the one that was open before it. */
function fenceAfter(open: string | undefined, line: string): string | undefined {
  if (open !== undefined) return closesFence(line, open.charAt(0), open.length) ? undefined : open;
  const [, ticks, tildes] = FENCE.exec(line) ?? [];
  return ticks ?? tildes;
}

function begins(content: string, blankBefore: boolean, inItem: boolean, paragraph: boolean): boolean {
  if (blankBefore || BEGINS_BLOCK.test(content)) return true;
  if (inItem && isNoParagraph(content)) return true;
  return (inItem || !paragraph) && LATER_ITEM.test(content);
}

/** Whether a line is a block of its own, so that none goes on with it. */
function isNoParagraph(content: string): boolean {
  return HEADING.test(content) || content.startsWith(">") || isThematicBreak(content);
}

/** Whether a line, of which is known that it is in no fence, may be one of a paragraph, in a quote for one. */
function isParagraph(content: string): boolean {
  return content !== "" && !HEADING.test(content) && !isThematicBreak(content);
}

/** How far what is inside a list item that begins in this line is indented against it; 0 when none does. */
function contentIndent(content: string): number {
  const [found, marker = "", space = "", inside] = ITEM.exec(content) ?? [];
  if (found === undefined || isThematicBreak(content)) return 0;
  return inside === undefined || space.length > 4 ? marker.length + 1 : marker.length + space.length;
}

/** Where a line that begins at `start` ends, not counting its newline. */
function lineEnd(text: string, start: number): number {
  const newline = text.indexOf("\n", start);
  return newline === -1 ? text.length : newline;
}

/** The spaces at the beginning of a line; more than the most when there is a tab, undefined for a blank line. */
function indentation(text: string, start: number, end: number): number | undefined {
  let hasTab = false;
  for (let index = start; index < end; index++) {
    const unit = text.charCodeAt(index);
    if (unit === 9) hasTab = true;
    else if (unit !== 32) return hasTab ? MOST_INDENT + 1 : index - start;
  }
  return undefined;
}

function endOfFence(text: string, openEnd: number, marker: string): number {
  const sign = marker.charAt(0);
  for (let start = openEnd + 1; start < text.length; ) {
    const end = lineEnd(text, start);
    if (closesFence(text.slice(start, end), sign, marker.length)) return end;
    start = end + 1;
  }
  return text.length;
}

/** Whether a line ends a fence of at least `length` such signs. */
export function closesFence(line: string, sign: string, length: number): boolean {
  const run = line.trim();
  if (run.length < length || line.length - line.trimStart().length > 3) return false;
  for (const each of run) if (each !== sign) return false;
  return true;
}

/*
 * Reading 2 MB/s and following a growing answer both need the same thing: places where a text can be taken apart
 * without knowing what came before. Such a place is a line that begins a block of the document, or an item of a
 * list of the document, whatever is above it.
 */

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

const FENCE = /^( {0,3})(?:(`{3,})[^`]*|(~{3,}).*)$/;
const BEGINS_BLOCK = /^(?:#{1,6}(?:[ \t]|$)|[-*+][ \t]+\S|1[.)][ \t]+\S)/;
const LATER_ITEM = /^\d{1,9}[.)][ \t]+\S/;
const NO_PARAGRAPH = /^(?:#{1,6}(?:[ \t]|$)|>|(?:-[ \t]*){3,}$|(?:\*[ \t]*){3,}$|(?:_[ \t]*){3,}$)/;
const UNDERLINE = /^ {0,3}(?:=+|-+)[ \t]*$/;
const ITEM = /^([-*+]|\d{1,9}[.)])([ \t]+)/;

/** The sections of a text from one's start on. */
export function readSections(text: string, begin: SectionStart = BEGINNING): Section[] {
  const sections: Section[] = [];
  let open: (Section & { end: number; readonly itemIndent: number }) | undefined;
  let { start, blankBefore, afterItem } = begin;
  let paragraph = false;
  const close = () => {
    if (open !== undefined) sections.push(open);
    afterItem = sections.length === 0 ? begin.afterItem : sections.at(-1)?.kind === "item";
    open = undefined;
  };
  while (start < text.length) {
    let end = lineEnd(text, start);
    if (isBlank(text, start, end)) {
      blankBefore = true;
      start = end + 1;
      continue;
    }
    const content = text.slice(start, end);
    const fence = FENCE.exec(content);
    const itemIndent = open?.itemIndent ?? 0;
    // A fence that is not indented as far as the list item above it ends that item.
    if (fence !== null && (itemIndent === 0 || (fence[1] ?? "").length < itemIndent)) {
      close();
      end = endOfFence(text, end, fence[2] ?? fence[3] ?? "");
      sections.push({ start, end, blankBefore, afterItem, kind: "fence" });
      afterItem = false;
    } else if (open === undefined || begins(content, blankBefore, itemIndent > 0 || !paragraph)) {
      close();
      const indent = contentIndent(content);
      open = { start, end, blankBefore, afterItem, kind: indent > 0 ? "item" : "lines", itemIndent: indent };
    } else open.end = end;
    // Only a paragraph that is still open takes a line like "2. and so on" for its own.
    paragraph = !(NO_PARAGRAPH.test(content) || (paragraph && UNDERLINE.test(content)));
    blankBefore = false;
    start = end + 1;
  }
  close();
  return sections;
}

function begins(line: string, blankBefore: boolean, noParagraph: boolean): boolean {
  if (line.startsWith(" ") || line.startsWith("\t")) return false;
  return blankBefore || BEGINS_BLOCK.test(line) || (noParagraph && LATER_ITEM.test(line));
}

/** The indentation that belongs to a list item which begins in this line; 0 when none does. */
function contentIndent(line: string): number {
  const [bullet = "", marker = "", space = ""] = ITEM.exec(line) ?? [];
  return space.length > 4 ? marker.length + 1 : bullet.length;
}

/** Where a line that begins at `start` ends, not counting its newline. */
function lineEnd(text: string, start: number): number {
  const newline = text.indexOf("\n", start);
  return newline === -1 ? text.length : newline;
}

function isBlank(text: string, start: number, end: number): boolean {
  for (let index = start; index < end; index++) {
    const unit = text.charCodeAt(index);
    if (unit !== 32 && unit !== 9) return false;
  }
  return true;
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

/*
 * Reading 2 MB/s and following a growing answer both need the same thing: places where a text can be taken apart
 * without knowing what came before. Such a place is a line that begins a block of the document, or an item of a
 * list of the document, whatever is above it.
 */

/** A stretch of a text that reads the same on its own. */
export interface Section {
  readonly start: number;
  /** After its last line, without the newline of that line and without blank lines that follow it. */
  readonly end: number;
  readonly blankBefore: boolean;
  readonly kind: "fence" | "lines";
}

const FENCE = /^( {0,3})(?:(`{3,})[^`]*|(~{3,}).*)$/;
const BEGINS_BLOCK = /^(?:#{1,6}(?:[ \t]|$)|[-*+][ \t]+\S|1[.)][ \t]+\S)/;
const LATER_ITEM = /^\d{1,9}[.)][ \t]+\S/;
const ITEM = /^(?:[-*+]|\d{1,9}[.)])[ \t]+/;

/** The sections of `text` from `from` on, which must be a section's start. */
export function readSections(text: string, from = 0): Section[] {
  const sections: Section[] = [];
  let open: { start: number; end: number; blankBefore: boolean; itemIndent: number } | undefined;
  let blank = false;
  const close = () => {
    if (open !== undefined) {
      sections.push({ start: open.start, end: open.end, blankBefore: open.blankBefore, kind: "lines" });
    }
    open = undefined;
  };
  for (let start = from; start < text.length; ) {
    const end = lineEnd(text, start);
    const first = text.charCodeAt(start);
    if (isBlank(text, start, end)) {
      blank = true;
      start = end + 1;
      continue;
    }
    const indented = first === 32 || first === 9;
    const content = text.slice(start, end);
    const fence = FENCE.exec(content);
    // A fence that is not indented as far as the list item above it ends that item.
    if (
      fence !== null &&
      (open === undefined || open.itemIndent === 0 || (fence[1] ?? "").length < open.itemIndent)
    ) {
      close();
      const fenceEnd = endOfFence(text, end, fence[2] ?? fence[3] ?? "");
      sections.push({ start, end: fenceEnd, blankBefore: blank, kind: "fence" });
      blank = false;
      start = fenceEnd + 1;
      continue;
    }
    const begins =
      !indented &&
      (blank || BEGINS_BLOCK.test(content) || ((open?.itemIndent ?? 0) > 0 && LATER_ITEM.test(content)));
    if (open === undefined || begins) {
      close();
      open = { start, end, blankBefore: blank, itemIndent: ITEM.exec(content)?.[0].length ?? 0 };
    }
    open.end = end;
    blank = false;
    start = end + 1;
  }
  close();
  return sections;
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

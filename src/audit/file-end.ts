import { fstatSync, readSync } from "node:fs";

/** How a file of lines ends. */
export interface FileEnd {
  readonly size: number;
  /** The last line, without its newline; undefined in an empty file. */
  readonly line: Buffer | undefined;
  /** False when that line has no newline: it was not written whole. */
  readonly isWhole: boolean;
}

const STEP = 64 * 1024;
const NEWLINE = 0x0a;

/** Reads an open file's end, however long its last line is. */
export function readFileEnd(descriptor: number): FileEnd {
  const { size } = fstatSync(descriptor);
  let end = Buffer.alloc(0);
  for (let from = size; from > 0; ) {
    const length = Math.min(STEP, from);
    from -= length;
    const piece = Buffer.alloc(length);
    readSync(descriptor, piece, 0, length, from);
    end = Buffer.concat([piece, end]);
    const isWhole = end.at(-1) === NEWLINE;
    const text = isWhole ? end.subarray(0, -1) : end;
    const before = text.lastIndexOf(NEWLINE);
    if (before >= 0 || from === 0) return { size, line: text.subarray(before + 1), isWhole };
  }
  return { size, line: undefined, isWhole: true };
}

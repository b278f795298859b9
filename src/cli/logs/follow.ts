import { closeSync, fstatSync, openSync, readSync, statSync } from "node:fs";

/** Often enough to look alive, seldom enough to cost nothing. */
const INTERVAL_MS = 200;

/**
 * Tells each line that is written to `file` from now on, also when it is rotated, emptied or not there yet.
 * `beginsAt`: the byte at which "now" is.
 */
export function followFile(
  file: string,
  onLine: (line: string) => void,
): { readonly beginsAt: number; stop(): void } {
  let current = openIfThere(file);
  const beginsAt = current === undefined ? 0 : fstatSync(current.descriptor).size;
  if (current !== undefined) current.position = beginsAt;
  const look = () => {
    if (current !== undefined) readNew(current, onLine);
    if (current !== undefined && isStill(file, current.descriptor)) return;
    const next = openIfThere(file);
    // While it is being rotated there is none; what is written until then goes to the old one.
    if (next === undefined) return;
    if (current !== undefined) {
      readNew(current, onLine);
      closeSync(current.descriptor);
    }
    current = next;
    readNew(current, onLine);
  };
  const timer = setInterval(look, INTERVAL_MS);
  return {
    beginsAt,
    stop: () => {
      clearInterval(timer);
      if (current !== undefined) closeSync(current.descriptor);
    },
  };
}

interface OpenFile {
  readonly descriptor: number;
  position: number;
  /** The beginning of a line whose end is not written yet; bytes, so that no character is torn. */
  rest: Buffer;
}

function openIfThere(file: string): OpenFile | undefined {
  try {
    return { descriptor: openSync(file, "r"), position: 0, rest: Buffer.alloc(0) };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

function isStill(file: string, descriptor: number): boolean {
  try {
    return statSync(file).ino === fstatSync(descriptor).ino;
  } catch {
    return false;
  }
}

function readNew(open: OpenFile, onLine: (line: string) => void): void {
  const { size } = fstatSync(open.descriptor);
  if (size < open.position) Object.assign(open, { position: 0, rest: Buffer.alloc(0) });
  const chunk = Buffer.alloc(64 * 1024);
  for (;;) {
    const length = readSync(open.descriptor, chunk, 0, chunk.length, open.position);
    if (length === 0) return;
    open.position += length;
    const bytes = Buffer.concat([open.rest, chunk.subarray(0, length)]);
    const end = bytes.lastIndexOf("\n") + 1;
    open.rest = bytes.subarray(end);
    for (const line of bytes.subarray(0, end).toString().split("\n")) if (line !== "") onLine(line);
  }
}

import { closeSync, fstatSync, ftruncateSync, openSync, renameSync, writeSync } from "node:fs";
import { basename, dirname, extname, join } from "node:path";

export interface RotatingFileOptions {
  readonly file: string;
  readonly maxBytes: number;
  /** Together with the one that is written to. */
  readonly maxFiles: number;
}

/**
 * Adds lines to a file, which becomes `bot1.log` when it is full, and that `bot2.log`; the oldest goes. Each line is
 * with the system when the call returns, so that what a process said last outlives its crash. Returns false for a
 * line that could not be written, on a full disk for one.
 */
export function createRotatingFile({
  file,
  maxBytes,
  maxFiles,
}: RotatingFileOptions): (line: string) => boolean {
  const nth = (number: number) => {
    const extension = extname(file);
    const stem = basename(file, extension);
    return number === 0 ? file : join(dirname(file), `${stem}${number}${extension}`);
  };
  const rotate = () => {
    for (let number = maxFiles - 2; number >= 0; number -= 1) renameIfThere(nth(number), nth(number + 1));
  };
  // Opened for each line: whoever moves the file away, or empties it, finds the next line where they expect it.
  const withFile = <T>(work: (descriptor: number) => T): T => {
    const descriptor = openSync(file, "a", 0o600);
    try {
      return work(descriptor);
    } finally {
      closeSync(descriptor);
    }
  };

  return (line) => {
    const bytes = Buffer.from(`${line}\n`);
    try {
      const size = withFile((descriptor) => fstatSync(descriptor).size);
      if (size > 0 && size + bytes.length > maxBytes) rotate();
      return withFile((descriptor) => writeWhole(descriptor, bytes));
    } catch {
      return false;
    }
  };
}

/** A disk that is just full takes a part: half a line would spoil the next one too. */
function writeWhole(descriptor: number, bytes: Buffer): boolean {
  const { size } = fstatSync(descriptor);
  if (writeSync(descriptor, bytes) === bytes.length) return true;
  ftruncateSync(descriptor, size);
  return false;
}

function renameIfThere(from: string, to: string): void {
  try {
    renameSync(from, to);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
  }
}

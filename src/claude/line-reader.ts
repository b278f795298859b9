const NEWLINE = 0x0a;

export interface LineReaderOptions {
  /** A longer line is thrown away, whatever its end brings. */
  readonly maxLineBytes: number;
  readonly onLine: (line: string) => void;
  /** Told once for each line that was thrown away, as soon as it is too long. */
  readonly onOversized: () => void;
}

/** Cuts bytes into lines; holds at most `maxLineBytes` of them. A last line without its newline is never a line. */
export function createLineReader(options: LineReaderOptions): { push: (chunk: Buffer) => void } {
  let held: Buffer[] = [];
  let heldBytes = 0;
  let discarding = false;

  const hold = (piece: Buffer) => {
    if (discarding) return;
    heldBytes += piece.length;
    if (heldBytes > options.maxLineBytes) {
      discarding = true;
      held = [];
      options.onOversized();
      return;
    }
    held.push(piece);
  };

  const finishLine = () => {
    const line = discarding ? undefined : Buffer.concat(held).toString("utf8");
    held = [];
    heldBytes = 0;
    discarding = false;
    if (line !== undefined && line.trim() !== "") options.onLine(line);
  };

  return {
    push(chunk) {
      let start = 0;
      for (let end = chunk.indexOf(NEWLINE); end !== -1; end = chunk.indexOf(NEWLINE, start)) {
        hold(chunk.subarray(start, end));
        finishLine();
        start = end + 1;
      }
      if (start < chunk.length) hold(chunk.subarray(start));
    },
  };
}

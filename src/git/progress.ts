/**
 * Reads what `git clone --progress` writes to stderr, piece by piece as it comes, and tells how far it is:
 * `Receiving objects 45 %`. Each text is told once.
 */
export function readProgress(onProgress: (text: string) => void): (piece: string) => void {
  let rest = "";
  let told = "";
  return (piece) => {
    // A line that is written over ends with a carriage return.
    const lines = `${rest}${piece}`.split(/[\r\n]/);
    rest = (lines.pop() ?? "").slice(-1000);
    for (const line of lines) {
      const [, what, percent, size] = LINE.exec(line) ?? [];
      if (what === undefined || percent === undefined) continue;
      const text = `${what} ${percent} %${size === undefined ? "" : `, ${size}`}`;
      if (text !== told) onProgress(text);
      told = text;
    }
  };
}

const LINE =
  /^(?:remote: )?((?:Enumerating|Counting|Compressing|Receiving) objects|Resolving deltas|Updating files): +(\d+)% \(\d+\/\d+\)(?:, ([\d.]+ [KMGT]?i?B))?/;

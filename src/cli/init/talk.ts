import { styleText } from "node:util";
import type { Terminal } from "../terminal.ts";

/** What the set-up says between its questions; all on stderr. */
export interface Talk {
  /** The heading of a part. */
  part(title: string): void;
  say(text: string): void;
  /** Something is in order. */
  good(text: string): void;
  /** Something deserves a look. */
  careful(text: string): void;
}

export function createTalk({ stderr }: Pick<Terminal, "stderr">): Talk {
  const width = Math.min(stderr.columns || DEFAULT_WIDTH, DEFAULT_WIDTH);
  const write = (text: string) => {
    const lines = text.split("\n").flatMap((line) => wrapped(line, width));
    stderr.write(`${lines.join("\n")}\n`);
  };
  const style = (format: Parameters<typeof styleText>[0], text: string) =>
    styleText(format, text, { stream: stderr });
  return {
    part: (title) => write(`\n${style("bold", title)}`),
    say: write,
    good: (text) => write(`${style("green", "✔")} ${text}`),
    careful: (text) => write(`${style("yellow", "!")} ${text}`),
  };
}

const DEFAULT_WIDTH = 100;

/** Breaks a line between words, and goes on at its indent; an address stays in one piece. */
function wrapped(line: string, width: number): string[] {
  const indent = /^ */.exec(line)?.[0] ?? "";
  const lines: string[] = [];
  for (const word of line.split(" ")) {
    const last = lines.at(-1);
    if (last === undefined) lines.push(word);
    else if (last.length + 1 + word.length < width || last.trim() === "")
      lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(indent + word);
  }
  return lines;
}

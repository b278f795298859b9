import { discordInline } from "./discord-inline.ts";
import { type Span, spansOf } from "./spans.ts";

/** Reads what is inside running text. */
export interface InlineReader {
  readonly spans: (text: string) => readonly Span[];
  /** The text in Discord's dialect. */
  readonly shown: (text: string) => string;
}

export const readInline: InlineReader = { spans: spansOf, shown: discordInline };

/** An answer of 50 kB has some 25 pieces, and each message that is cut somewhere needs a few more. */
const REMEMBERED = 400;

/** Remembers what it has read, so that of a paragraph that grows only the new end is read. */
export function rememberingInline(): InlineReader {
  return { spans: remembering(spansOf), shown: remembering(discordInline) };
}

function remembering<T>(read: (text: string) => T): (text: string) => T {
  const known = new Map<string, T>();
  return (text) => {
    const found = known.get(text);
    if (found !== undefined) return found;
    if (known.size >= REMEMBERED) known.clear();
    const value = read(text);
    known.set(text, value);
    return value;
  };
}

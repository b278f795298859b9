/*
 * What is inside a list item or a quote, for those that are written as nearly everybody writes them: indented without
 * tabs, and with each line marked or indented as the first one asks for. Any other is left to the parser.
 */

import { isThematicBreak } from "./thematic-break.ts";

/** A list item and the text in it. */
export interface ItemInside {
  /** `-`, `*`, `+`, `1.` or `1)`. */
  readonly marker: string;
  readonly text: string;
}

const ITEM = /^( {0,3})([-*+]|\d{1,9}[.)])( {1,4})(?=\S)/;
const QUOTED = /^ {0,3}>(?! *\t) ?/;
/** How far it reaches depends on what is before it. */
const TAB = /^ *\t/;

/** The item that consists of these lines. */
export function itemInside(lines: readonly string[]): ItemInside | undefined {
  const [first = "", ...rest] = lines;
  const [found = "", , marker = ""] = ITEM.exec(first) ?? [];
  if (found === "" || isThematicBreak(first)) return undefined;
  const margin = " ".repeat(found.length);
  const inside = [first.slice(found.length)];
  for (const each of rest) {
    if (each.trim() === "") inside.push("");
    else if (each.startsWith(margin) && !TAB.test(each)) inside.push(each.slice(margin.length));
    else return undefined;
  }
  return { marker, text: inside.join("\n") };
}

/** The text in the quote that consists of these lines. */
export function quoteInside(lines: readonly string[]): string | undefined {
  const inside: string[] = [];
  for (const each of lines) {
    const sign = QUOTED.exec(each);
    if (sign === null) return undefined;
    inside.push(each.slice(sign[0].length));
  }
  return inside.join("\n");
}

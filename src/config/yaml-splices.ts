import { type Document, isMap, isScalar, isSeq, type Pair, stringify, type YAMLMap } from "yaml";
import {
  afterLine,
  colonAfter,
  columnOf,
  endOf,
  eol,
  isSpacedOut,
  keyText,
  lastValue,
  pairOf,
  rangeOf,
  startOfItem,
} from "./yaml-layout.ts";

/*
 * Edits of YAML text that leave every byte alone but those they are about. They look at layout only, and return
 * undefined for a layout that they don't know; whether the result means what it should is for the caller to check.
 */

/** Adds an entry at the end of a section: under `key` in a map, without one in a list. Makes the section if needed. */
export function entryAppended(
  text: string,
  yaml: Document,
  section: string,
  key: string | undefined,
  entry: object,
): string | undefined {
  const node = yaml.get(section);
  const written = key === undefined ? [entry] : { [key]: entry };
  if ((isSeq(node) || isMap(node)) && node.items.length > 0) {
    const end = endOf(lastValue(node));
    if (end === undefined) return undefined;
    if (node.flow) {
      const item =
        key === undefined ? JSON.stringify(entry) : `${JSON.stringify(key)}: ${JSON.stringify(entry)}`;
      return replaced(text, end, end, `, ${item}`);
    }
    const indent = columnOf(text, startOfItem(node, 0));
    const gap = isSpacedOut(text, node) ? eol(text) : "";
    return insertedLines(text, afterLine(text, end), gap + block(text, written, indent));
  }
  const pair = pairOf(yaml.contents, section);
  if (!pair) return insertedLines(text, text.length, block(text, { [section]: written }, 0));
  const colon = colonAfter(text, pair);
  const end = endOf(pair.value);
  if (colon === undefined || end === undefined) return undefined;
  // What is left of the line is a comment: `projects: [] # none yet`.
  const emptied = node === null || isScalar(node) ? text : replaced(text, colon + 1, end, "");
  return insertedLines(emptied, afterLine(emptied, colon + 1), block(text, written, 2));
}

/** Removes the lines of one entry of a section; the last one leaves `[]` or `{}`. */
export function entryRemoved(
  text: string,
  yaml: Document,
  section: string,
  key: string | number,
): string | undefined {
  const node = yaml.get(section);
  if (!(isSeq(node) || isMap(node)) || node.flow) return undefined;
  const index = isSeq(node) ? Number(key) : node.items.findIndex((pair) => keyText(pair) === String(key));
  const start = startOfItem(node, index);
  const item = node.items[index];
  const end = endOf(isSeq(node) ? item : (item as Pair | undefined)?.value);
  if (start === undefined || end === undefined) return undefined;
  const from = text.lastIndexOf("\n", start) + 1;
  let to = afterLine(text, end);
  // The blank line that parted it from the next one goes with it, but only where another one stays.
  const blank = /^[ \t]*\r?\n/.exec(text.slice(to));
  if (blank && (index === 0 || /(^|\n)[ \t]*\r?\n$/.test(text.slice(0, from)))) to += blank[0].length;
  const without = replaced(text, from, to, "");
  if (node.items.length > 1) return without;
  const colon = colonAfter(text, pairOf(yaml.contents, section));
  return colon === undefined
    ? undefined
    : replaced(without, colon + 1, colon + 1, isSeq(node) ? " []" : " {}");
}

/** Sets a key of a map to a text or list: in place, or on a new line under the map's first plain keys. */
export function keySet(
  text: string,
  map: YAMLMap,
  key: string,
  value: string | readonly string[],
): string | undefined {
  const written = stringify(value, {
    lineWidth: 0,
    collectionStyle: "flow",
    flowCollectionPadding: false,
  }).trim();
  const pair = pairOf(map, key);
  // There may be comments in a list that has lines of its own.
  if (isSeq(pair?.value) && !pair.value.flow) return undefined;
  if (pair) {
    const range = rangeOf(pair.value);
    const colon = colonAfter(text, pair);
    if (!range || colon === undefined) return undefined;
    return range[0] === range[1]
      ? replaced(text, colon + 1, colon + 1, ` ${written}`)
      : replaced(text, range[0], range[1], written);
  }
  const last = lastValue(map);
  if (map.flow) {
    const end = endOf(last);
    return end === undefined ? undefined : replaced(text, end, end, `, ${key}: ${written}`);
  }
  // Next to what it belongs to, and not after a long system prompt.
  const neighbour = pairOf(map, "project_dir")?.value ?? last;
  const end = endOf(neighbour);
  if (end === undefined) return undefined;
  const indent = columnOf(text, startOfItem(map, 0));
  return insertedLines(text, afterLine(text, end), `${" ".repeat(indent)}${key}: ${written}${eol(text)}`);
}

/** Removes a key that has a line of its own. */
export function keyRemoved(text: string, map: YAMLMap, key: string): string | undefined {
  const pair = pairOf(map, key);
  const start = rangeOf(pair?.key)?.[0];
  const end = endOf(pair?.value);
  if (map.flow || start === undefined || end === undefined) return undefined;
  const from = text.lastIndexOf("\n", start - 1) + 1;
  return text.slice(from, start).trim() === "" ? replaced(text, from, afterLine(text, end), "") : undefined;
}

function block(text: string, value: unknown, indent: number): string {
  const lines = stringify(value, { lineWidth: 0, collectionStyle: "any" }).trimEnd().split("\n");
  return lines.map((line) => (line ? " ".repeat(indent) + line : line) + eol(text)).join("");
}

/** Inserts whole lines at a line's start, or after a last line that lacks its end. */
function insertedLines(text: string, at: number, lines: string): string {
  const needsEnd = at > 0 && text[at - 1] !== "\n";
  return replaced(text, at, at, (needsEnd ? eol(text) : "") + lines);
}

function replaced(text: string, from: number, to: number, by: string): string {
  return text.slice(0, from) + by + text.slice(to);
}

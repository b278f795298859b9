import {
  type Document,
  isAlias,
  isMap,
  isPair,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  type Pair,
  parseDocument,
} from "yaml";
import type { Place } from "./problems.ts";

/** The way to a value from the top of the file. */
export type KeyPath = readonly (string | number)[];

/** config.yaml as parsed: its nodes, and where each stands in the file. */
export interface ConfigDocument {
  readonly file: string;
  readonly text: string;
  readonly yaml: Document.Parsed;
  /** The place of an offset in the text. */
  placeAt(offset: number): Place;
  /** The key's or the value's place; that of the nearest one above when there is none. */
  placeOf(path: KeyPath, part: "key" | "value"): Place;
  /** The value's node, aliases and merges followed. */
  nodeAt(path: KeyPath): Node | undefined;
}

/** Parses YAML; syntax errors are in `yaml.errors`. Whole numbers come as bigint, so that ids keep every digit. */
export function parseConfigDocument(text: string, file: string): ConfigDocument {
  const lineCounter = new LineCounter();
  const yaml = parseDocument(text, { lineCounter, prettyErrors: false, intAsBigInt: true, merge: true });
  const lines = text.split(/\r?\n/);

  const placeAt = (offset: number): Place => {
    const { line, col } = lineCounter.linePos(offset);
    return { line, column: col, sourceLine: lines[line - 1] ?? "" };
  };

  const placeOf = (path: KeyPath, part: "key" | "value"): Place => {
    for (let length = path.length; length > 0; length--) {
      const key = path[length - 1];
      const parent = resolved(yaml, nodeAt(yaml, path.slice(0, length - 1)));
      const pair = key === undefined ? undefined : pairOf(yaml, parent, key);
      const value = pair
        ? pair.value
        : isSeq(parent) && typeof key === "number"
          ? parent.items[key]
          : undefined;
      // A block stands under its key; the caret is better placed at the key.
      const isBlock = (isMap(value) || isSeq(value)) && !value.flow;
      const wantsKey = part === "key" || isBlock || length < path.length || !offsetOf(value);
      const offset = (wantsKey ? offsetOf(pair?.key) : undefined) ?? offsetOf(value);
      if (offset !== undefined) return placeAt(offset);
    }
    return placeAt(offsetOf(yaml.contents) ?? 0);
  };

  return { file, text, yaml, placeAt, placeOf, nodeAt: (path) => resolved(yaml, nodeAt(yaml, path)) };
}

function nodeAt(yaml: Document, path: KeyPath): unknown {
  let node: unknown = yaml.contents;
  for (const key of path) {
    const parent = resolved(yaml, node);
    node = isSeq(parent) && typeof key === "number" ? parent.items[key] : pairOf(yaml, parent, key)?.value;
  }
  return node;
}

function resolved(yaml: Document, node: unknown): Node | undefined {
  if (isAlias(node)) return node.resolve(yaml);
  return isScalar(node) || isMap(node) || isSeq(node) ? node : undefined;
}

/** The pair under `key`: the map's own, or one that it gets by `<<`. */
function pairOf(yaml: Document, map: unknown, key: string | number): Pair | undefined {
  if (!isMap(map)) return undefined;
  const own = map.items.find((pair) => isScalar(pair.key) && String(pair.key.value) === String(key));
  if (own) return own;
  for (const pair of map.items) {
    if (!isScalar(pair.key) || pair.key.source !== "<<") continue;
    const merged = resolved(yaml, pair.value);
    const sources = isSeq(merged) ? merged.items : [merged];
    for (const source of sources) {
      const found = source === map ? undefined : pairOf(yaml, resolved(yaml, source), key);
      if (isPair(found)) return found;
    }
  }
  return undefined;
}

function offsetOf(node: unknown): number | undefined {
  const range = isAlias(node) || isScalar(node) || isMap(node) || isSeq(node) ? node.range : undefined;
  return range?.[0];
}

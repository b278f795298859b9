import { isMap, isScalar, type Pair, type YAMLMap, type YAMLSeq } from "yaml";

/*
 * Where things stand in the text of a YAML file: offsets, lines and columns of its nodes.
 */

/** The start of the line after the one that `offset` is in; a block's end is such a start already. */
export function afterLine(text: string, offset: number): number {
  if (text[offset - 1] === "\n") return offset;
  const end = text.indexOf("\n", offset);
  return end < 0 ? text.length : end + 1;
}

/** How far the offset is from the start of its line. */
export function columnOf(text: string, offset: number | undefined): number {
  return offset === undefined ? 0 : offset - (text.lastIndexOf("\n", offset - 1) + 1);
}

/** Where an item's own line begins: its dash in a list, its key in a map. */
export function startOfItem(node: YAMLSeq | YAMLMap, index: number): number | undefined {
  if (isMap(node)) return rangeOf(node.items[index]?.key)?.[0];
  const token = node.srcToken;
  const item = token?.type === "block-seq" ? token.items[index] : undefined;
  return item?.start.find(({ type }) => type === "seq-item-ind")?.offset;
}

/** Whether a blank line parts the last two items. */
export function isSpacedOut(text: string, node: YAMLSeq | YAMLMap): boolean {
  const last = startOfItem(node, node.items.length - 1);
  const before = node.items.at(-2);
  const end = endOf(isMap(node) ? (before as Pair | undefined)?.value : before);
  return last !== undefined && end !== undefined && /\n[ \t]*\r?\n/.test(text.slice(end - 1, last));
}

/** The value of the last entry. */
export function lastValue(node: YAMLSeq | YAMLMap): unknown {
  return isMap(node) ? node.items.at(-1)?.value : node.items.at(-1);
}

/** The map's pair under this key. */
export function pairOf(map: unknown, key: string): Pair | undefined {
  return isMap(map) ? map.items.find((pair) => keyText(pair) === key) : undefined;
}

/** The key as text; empty for one that is no scalar. */
export function keyText({ key }: Pair): string {
  return isScalar(key) ? String(key.value) : "";
}

/** The offset of the colon behind the pair's key. */
export function colonAfter(text: string, pair: Pair | undefined): number | undefined {
  const keyEnd = rangeOf(pair?.key)?.[1];
  const colon = keyEnd === undefined ? -1 : text.indexOf(":", keyEnd);
  return colon < 0 ? undefined : colon;
}

/** The offset behind the node's value. */
export function endOf(node: unknown): number | undefined {
  return rangeOf(node)?.[1];
}

/** Start of the value, its end, and the end of what belongs to the node. */
export function rangeOf(node: unknown): readonly [number, number, number] | undefined {
  if (typeof node !== "object" || node === null || !("range" in node)) return undefined;
  return node.range as readonly [number, number, number] | undefined;
}

/** The line end that the text uses. */
export function eol(text: string): string {
  return text.includes("\r\n") ? "\r\n" : "\n";
}

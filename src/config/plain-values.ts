import type { ConfigDocument, KeyPath } from "./document.ts";

/** The document's values, ready for the schema, and where ids stood without quotes. */
export interface PlainValues {
  readonly value: unknown;
  readonly unquoted: readonly KeyPath[];
}

/**
 * Turns the document into plain values. A key without a value counts as left out, so that a section whose every line
 * is commented out still works. A whole number too large for JavaScript becomes its exact digits. Undefined when aliases multiply beyond measure.
 */
export function plainValues({ yaml }: ConfigDocument): PlainValues | undefined {
  const unquoted: KeyPath[] = [];
  let value: unknown;
  try {
    value = plain(yaml.toJS(), [], unquoted);
  } catch (error) {
    // How the parser refuses aliases of aliases of aliases, which would fill the memory.
    if (error instanceof ReferenceError) return undefined;
    throw error;
  }
  return { value: value === null ? {} : value, unquoted };
}

/** The value without what stands at these paths; list entries are emptied, so that the others keep their index. */
export function withoutPaths(value: unknown, paths: readonly KeyPath[]): unknown {
  if (paths.some((path) => path.length === 0)) return undefined;
  if (paths.length === 0 || typeof value !== "object" || value === null) return value;
  const below = (key: string) => paths.filter((path) => String(path[0]) === key).map((path) => path.slice(1));
  if (Array.isArray(value)) return value.map((item, index) => withoutPaths(item, below(String(index))) ?? {});
  const kept = Object.entries(value).map(([key, item]) => [key, withoutPaths(item, below(key))]);
  return Object.fromEntries(kept.filter(([, item]) => item !== undefined));
}

/** Deeper than anything that the schema knows, and an end for anchors that contain themselves. */
const MAX_DEPTH = 12;

function plain(value: unknown, path: KeyPath, unquoted: KeyPath[]): unknown {
  if (typeof value === "bigint") {
    if (Number.isSafeInteger(Number(value))) return Number(value);
    unquoted.push(path);
    return String(value);
  }
  if (typeof value !== "object" || value === null || path.length > MAX_DEPTH) return value;
  if (Array.isArray(value)) return value.map((item, index) => plain(item, [...path, index], unquoted));
  const kept = Object.entries(value).filter(([, item]) => item !== null || isVariable(path));
  return Object.fromEntries(kept.map(([key, item]) => [key, plain(item, [...path, key], unquoted)]));
}

/** A variable without a value is rather a slip than a wish for the default. */
function isVariable(path: KeyPath): boolean {
  return path[0] === "claude" && path[1] === "env" && path.length === 2;
}

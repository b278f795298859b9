import type { Line } from "./raw-claude.ts";

/** For each kind of line: its key paths, sorted, with the types of values seen there. Values are left out. */
export interface LineShapes {
  [kind: string]: { [path: string]: string };
}

/** The shapes of all lines; a line of the same kind adds its paths and types to those seen before. */
export function lineShapes(lines: readonly Line[]): LineShapes {
  const seen = new Map<string, Map<string, Set<string>>>();
  for (const line of lines) {
    const kind = kindOf(line);
    const paths = seen.get(kind) ?? new Map<string, Set<string>>();
    seen.set(kind, paths);
    addPaths(paths, line, "");
  }
  return sortedObject(seen, (paths) => sortedObject(paths, (types) => [...types].sort().join(" | ")));
}

/** What differs, one sentence each; empty when nothing does. */
export function shapeChanges(known: LineShapes, now: LineShapes): string[] {
  const changes: string[] = [];
  for (const kind of [...new Set([...Object.keys(known), ...Object.keys(now)])].sort()) {
    const [before, after] = [known[kind], now[kind]];
    if (!before) changes.push(`new kind of line: ${kind}`);
    else if (!after) changes.push(`kind of line no longer seen: ${kind}`);
    else {
      for (const path of [...new Set([...Object.keys(before), ...Object.keys(after)])].sort()) {
        if (before[path] === after[path]) continue;
        changes.push(`${kind}: ${path} was ${before[path] ?? "absent"}, is ${after[path] ?? "absent"}`);
      }
    }
  }
  return changes;
}

/** The line's type, with whatever tells its sorts apart. */
function kindOf(line: Line): string {
  const inner = (line.event ?? line.request ?? {}) as {
    type?: string;
    subtype?: string;
    message?: { method?: string };
  };
  const parts = [line.type, line.subtype, inner.type, inner.subtype, inner.message?.method];
  return parts.filter((part) => typeof part === "string").join("/");
}

function addPaths(paths: Map<string, Set<string>>, value: unknown, path: string): void {
  if (path !== "") {
    const types = paths.get(path) ?? new Set<string>();
    paths.set(path, types.add(typeOf(value)));
  }
  if (typeof value !== "object" || value === null || FREE.some((free) => free.test(path))) return;
  for (const [key, field] of Object.entries(value)) {
    const step = Array.isArray(value) ? "[]" : KEYED_BY_NAME.test(path) ? ".*" : `.${key}`;
    addPaths(paths, field, `${path}${step}`.replace(/^\./, ""));
  }
}

function typeOf(value: unknown): string {
  if (value === null) return "null";
  return Array.isArray(value) ? "array" : typeof value;
}

function sortedObject<T, U>(map: ReadonlyMap<string, T>, convert: (value: T) => U): { [key: string]: U } {
  const entries = [...map].sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, value]) => [key, convert(value)]));
}

/** Objects whose keys are names of models or windows rather than fields. */
const KEYED_BY_NAME = /^(modelUsage|model_usage_since_last_result|rate_limit_info\.unifiedWindows)$/;

/** What belongs to a tool or to an answer of the control protocol; only that it is there is held against the known. */
const FREE = [
  /(^|\.)input$/,
  /\.tool_input$/,
  /^tool_use_result$/,
  /^event\.content_block$/,
  /^request\.message\.params$/,
  /^response\.response$/,
];

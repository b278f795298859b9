import { isDeepStrictEqual } from "node:util";
import { type Document, parseDocument } from "yaml";
import { CoordError } from "../core/operations/errors.ts";

/*
 * Each edit is made twice: as a splice of the text, which leaves every other byte alone, and by the YAML library,
 * which may lay the file out anew. The splice is used if it means exactly what the edit should; the library's if not.
 */

/** The first candidate that is valid YAML and means what it should. */
export function firstThatMeans(expected: unknown, candidates: readonly (() => string | undefined)[]): string {
  for (const candidate of candidates) {
    try {
      const text = candidate();
      if (text !== undefined && means(text, expected)) return text;
    } catch (error) {
      // The library throws when an anchor is gone but its alias is not; a TypeError is our own mistake.
      if (error instanceof TypeError) throw error;
    }
  }
  throw new CoordError(
    "config_invalid",
    "The configuration uses anchors or aliases for this in a way that cannot be changed by a program: change it by hand.",
  );
}

export function parse(text: string): Document.Parsed {
  return parseDocument(text, { prettyErrors: false, intAsBigInt: true, merge: true, keepSourceTokens: true });
}

export function meaningOf(text: string): Record<string, unknown> {
  // Through aliases, two places can hold one object; an edit is to change only its own.
  return record(unshared(parse(text).toJS()));
}

export function record(value: unknown): Record<string, unknown> {
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
}

function means(text: string, expected: unknown): boolean {
  const yaml = parse(text);
  return yaml.errors.length === 0 && isDeepStrictEqual(meaningOf(text), expected);
}

function unshared(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(unshared);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, unshared(item)]));
}

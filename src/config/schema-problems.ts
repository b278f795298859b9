import { isMap, isScalar, isSeq, type Node } from "yaml";
import type { z } from "zod";
import type { ConfigDocument, KeyPath } from "./document.ts";
import type { Problem } from "./problems.ts";
import { suggest } from "./suggest.ts";

type Issue = z.core.$ZodIssue;

/** A problem, and the way to what is wrong. */
export interface SchemaProblem extends Problem {
  readonly path: KeyPath;
}

/** What the schema found wrong, said with place, what was expected and what was found. */
export function schemaProblems(
  issues: readonly Issue[],
  document: ConfigDocument,
  knownKeys: readonly KeyPath[],
): SchemaProblem[] {
  return issues.flatMap((issue) => toProblems(issue, [], document, knownKeys));
}

/** The part of a problem's sentence after "expected", for issues whose schema does not say it itself. */
export function expectation(issue: z.core.$ZodRawIssue): string {
  if (issue.code === "invalid_type") return TYPE_NAMES[issue.expected] ?? issue.expected;
  if (issue.code === "invalid_value") return oneOf(issue.values.map(String));
  return issue.code.replaceAll("_", " ");
}

const TYPE_NAMES: Readonly<Record<string, string>> = {
  object: "a map of keys",
  record: "a map of keys",
  array: "a list",
  string: "text",
  boolean: "true or false",
  number: "a number",
};

/** `projects[0].channel_id` */
export function formatKey(path: KeyPath): string {
  return path
    .map((key, index) => (typeof key === "number" ? `[${key}]` : index === 0 ? key : `.${key}`))
    .join("");
}

function toProblems(
  issue: Issue,
  above: KeyPath,
  document: ConfigDocument,
  knownKeys: readonly KeyPath[],
): SchemaProblem[] {
  const path = [...above, ...issue.path.filter((key) => typeof key !== "symbol")];
  if (issue.code === "unrecognized_keys") {
    return issue.keys.map((key) => unknownKey([...path, key], document, knownKeys));
  }
  if (issue.code === "invalid_union") {
    const meant = issue.errors.find((branch) => !branch.some(refusesTheWhole));
    if (meant) return meant.flatMap((inner) => toProblems(inner, path, document, knownKeys));
  }
  const node = document.nodeAt(path);
  const found = issue.code === "invalid_key" ? "another key" : describe(node);
  const near =
    issue.code === "invalid_value" && isScalar(node) && typeof node.value === "string"
      ? suggest(node.value, issue.values.map(String))
      : undefined;
  return [
    {
      path,
      source: document.file,
      place: document.placeOf(path, "value"),
      key: formatKey(path),
      message: node ? `expected ${issue.message}, found ${found}` : `missing: expected ${issue.message}`,
      advice: near === undefined ? undefined : `Did you mean \`${near}\`?`,
    },
  ];
}

/** Of a union's branches, the one that takes the value's outer form is the one that was meant. */
function refusesTheWhole(issue: Issue): boolean {
  return issue.path.length === 0 && (issue.code === "invalid_type" || issue.code === "invalid_value");
}

function unknownKey(path: KeyPath, document: ConfigDocument, knownKeys: readonly KeyPath[]): SchemaProblem {
  const key = String(path.at(-1));
  const level = levelOf(path.slice(0, -1));
  const siblings = knownKeys
    .filter((known) => levelOf(known.slice(0, -1)) === level)
    .map((known) => String(known.at(-1)));
  const near = suggest(key, siblings);
  const elsewhere = knownKeys.find((known) => known.at(-1) === key);
  const advice =
    near !== undefined
      ? `Did you mean \`${near}\`?`
      : elsewhere
        ? `It belongs under \`${formatKey(elsewhere.slice(0, -1)).replace(/\[0\]$/, "") || "the top of the file"}\`.`
        : `Known here: ${siblings.join(", ")}.`;
  return {
    path,
    source: document.file,
    place: document.placeOf(path, "key"),
    key: formatKey(path),
    message: "unknown key",
    advice,
  };
}

/** Entries of a list or of the map of projects are all one level. */
function levelOf(path: KeyPath): string {
  return path
    .map((key, index) => (typeof key === "number" || path[index - 1] === "projects" ? "*" : key))
    .join(".");
}

function describe(node: Node | undefined): string {
  if (isMap(node)) return "a map of keys";
  if (isSeq(node)) return "a list";
  if (!isScalar(node) || node.value === null) return "nothing";
  if (typeof node.value === "string") return `the text "${shortened(node.value)}"`;
  if (typeof node.value === "boolean") return `${node.value}`;
  return `the number ${shortened(String(node.source ?? node.value))}`;
}

function shortened(text: string): string {
  const line = text.replace(/\s+/g, " ");
  return line.length > 60 ? `${line.slice(0, 57)}...` : line;
}

function oneOf(values: readonly string[]): string {
  return values.length === 1 ? `\`${values[0]}\`` : `one of ${values.join(", ")}`;
}

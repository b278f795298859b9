import { isDeepStrictEqual } from "node:util";
import { type Document, isMap, isScalar, isSeq, parseDocument, type YAMLMap } from "yaml";
import { CoordError } from "../core/errors.ts";
import type { WrittenProject } from "./project-schema.ts";
import { entryAppended, entryRemoved, keyRemoved, keySet } from "./yaml-splices.ts";

/*
 * Each edit is made twice: as a splice of the text, which leaves every other byte alone, and by the YAML library,
 * which may lay the file out anew. The splice is used if it means exactly what the edit should; the library's if not.
 */

/** The text with one more project, in the form that `projects` has. */
export function projectAdded(text: string, project: WrittenProject): string {
  const yaml = parse(text);
  const projects = yaml.get("projects");
  const { name, ...settings } = project;
  const inMap = isMap(projects) && (projects.items.length > 0 || Boolean(projects.flow));
  const key = inMap ? name : undefined;
  const entry = inMap ? settings : project;
  const expected = meaningOf(text);
  const before = expected.projects;
  expected.projects = inMap
    ? { ...record(before), [name]: entry }
    : [...(Array.isArray(before) ? before : []), entry];
  return firstThatMeans(expected, [
    () => entryAppended(text, yaml, "projects", key, entry),
    () => {
      if (key !== undefined) yaml.setIn(["projects", key], yaml.createNode(entry));
      else if (isSeq(projects)) yaml.addIn(["projects"], yaml.createNode(entry));
      else yaml.set("projects", yaml.createNode([entry]));
      return yaml.toString({ lineWidth: 0 });
    },
  ]);
}

/** The text without the project. Comments above it stay. */
export function projectRemoved(text: string, name: string): string {
  const yaml = parse(text);
  const { key } = find(yaml, name);
  const expected = meaningOf(text);
  const projects = expected.projects;
  if (Array.isArray(projects)) expected.projects = projects.filter((_, index) => index !== key);
  else
    expected.projects = Object.fromEntries(Object.entries(record(projects)).filter(([own]) => own !== key));
  return firstThatMeans(expected, [
    () => entryRemoved(text, yaml, "projects", key),
    () => {
      yaml.deleteIn(["projects", key]);
      return yaml.toString({ lineWidth: 0 });
    },
  ]);
}

/** The text with the project's model as given, or without one. */
export function projectModelSet(text: string, name: string, model: string | undefined): string {
  const yaml = parse(text);
  const { key, entry } = find(yaml, name);
  const expected = meaningOf(text);
  const project = record(record(expected.projects)[String(key)]);
  if (model === undefined) delete project.model;
  else project.model = model;
  if (isDeepStrictEqual(meaningOf(text), expected)) return text;
  return firstThatMeans(expected, [
    () => (model === undefined ? keyRemoved(text, entry, "model") : keySet(text, entry, "model", model)),
    () => {
      if (model === undefined) yaml.deleteIn(["projects", key, "model"]);
      else yaml.setIn(["projects", key, "model"], model);
      return yaml.toString({ lineWidth: 0 });
    },
  ]);
}

function find(yaml: Document, name: string): { key: string | number; entry: YAMLMap } {
  const projects = yaml.get("projects");
  const pairs: [string | number, unknown][] = isSeq(projects)
    ? [...projects.items.entries()]
    : isMap(projects)
      ? projects.items.map((pair) => [
          isScalar(pair.key) ? String(pair.key.value) : String(pair.key),
          pair.value,
        ])
      : [];
  for (const [key, node] of pairs) {
    const value = valueIn(yaml, ["projects", key]);
    const own = record(value).name ?? (typeof key === "string" ? key : undefined);
    if (own !== name) continue;
    if (isMap(node)) return { key, entry: node };
    throw new CoordError(
      "config_invalid",
      `The project ${name} is written as an alias of another one: change it by hand.`,
    );
  }
  throw new CoordError("project_unknown", `There is no project called ${name} in the configuration.`);
}

function valueIn(yaml: Document, [section, key]: [string, string | number]): unknown {
  return record(record(yaml.toJS())[section])[String(key)];
}

/** The first candidate that is valid YAML and means what it should. */
function firstThatMeans(expected: unknown, candidates: readonly (() => string | undefined)[]): string {
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

function means(text: string, expected: unknown): boolean {
  const yaml = parse(text);
  return yaml.errors.length === 0 && isDeepStrictEqual(meaningOf(text), expected);
}

function parse(text: string): Document.Parsed {
  return parseDocument(text, { prettyErrors: false, intAsBigInt: true, merge: true, keepSourceTokens: true });
}

function meaningOf(text: string): Record<string, unknown> {
  // Through aliases, two places can hold one object; an edit is to change only its own.
  return record(unshared(parse(text).toJS()));
}

function unshared(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(unshared);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, unshared(item)]));
}

function record(value: unknown): Record<string, unknown> {
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
}

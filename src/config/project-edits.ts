import { isDeepStrictEqual } from "node:util";
import { type Document, isMap, isScalar, isSeq, type YAMLMap } from "yaml";
import { CoordError } from "../core/operations/errors.ts";
import { firstThatMeans, meaningOf, parse, record } from "./checked-edit.ts";
import type { WrittenProject } from "./project-schema.ts";
import { entryAppended, entryRemoved, keyRemoved, keySet } from "./yaml-splices.ts";

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
  return projectKeySet(text, name, "model", model);
}

/** The text with one setting of the project as given, or without it. */
export function projectKeySet(
  text: string,
  name: string,
  setting: Exclude<keyof WrittenProject, "name" | "access">,
  value: string | readonly string[] | undefined,
): string {
  const yaml = parse(text);
  const { key, entry } = find(yaml, name);
  const expected = meaningOf(text);
  const project = record(record(expected.projects)[String(key)]);
  if (value === undefined) delete project[setting];
  else project[setting] = value;
  if (isDeepStrictEqual(meaningOf(text), expected)) return text;
  return firstThatMeans(expected, [
    () => (value === undefined ? keyRemoved(text, entry, setting) : keySet(text, entry, setting, value)),
    () => {
      if (value === undefined) yaml.deleteIn(["projects", key, setting]);
      else yaml.setIn(["projects", key, setting], yaml.createNode(value));
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

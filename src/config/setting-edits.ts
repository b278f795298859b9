import { isDeepStrictEqual } from "node:util";
import { type Document, isMap, isScalar, isSeq, type Node, stringify, visit } from "yaml";
import { firstThatMeans, meaningOf, parse, record } from "./checked-edit.ts";
import { afterLine, columnOf, endOf, pairOf, rangeOf } from "./yaml-layout.ts";
import { keySet } from "./yaml-splices.ts";

/** What a setting may be set to; undefined takes it away. */
export type SettingValue =
  | string
  | boolean
  | { readonly [key: string]: SettingValue | readonly string[] }
  | undefined;

/**
 * The text with a setting outside `projects` as given. `names` tells what ids stand for: it is written beside those
 * that are new.
 */
export function settingSet(
  text: string,
  path: readonly string[],
  value: SettingValue,
  names: ReadonlyMap<string, string> = new Map(),
): string {
  const expected = meaningOf(text);
  setIn(expected, path, value);
  if (isDeepStrictEqual(meaningOf(text), expected)) return text;
  const yaml = parse(text);
  return firstThatMeans(expected, [
    () => textSet(text, yaml, path, value),
    () => sectionWritten(text, yaml, path, expected, names),
    () => {
      if (value === undefined) yaml.deleteIn(path);
      else if (!changedList(yaml, path, value, names)) yaml.setIn(path, named(yaml.createNode(value), names));
      return yaml.toString({ lineWidth: 0 });
    },
  ]);
}

/** One text in a section that is there. */
function textSet(text: string, yaml: Document, path: readonly string[], value: SettingValue) {
  const section = yaml.getIn(path.slice(0, -1));
  const key = path.at(-1);
  if (typeof value !== "string" || key === undefined || !isMap(section)) return undefined;
  return keySet(text, section, key, value);
}

/** The whole section anew: at the end when there is none, in its place when no comment would be lost. */
function sectionWritten(
  text: string,
  yaml: Document,
  path: readonly string[],
  expected: Record<string, unknown>,
  names: ReadonlyMap<string, string>,
): string | undefined {
  const [section = ""] = path;
  const value = expected[section];
  const written = value === undefined ? "" : sectionText(yaml, section, value, names);
  const pair = pairOf(yaml.contents, section);
  if (pair === undefined) return (text === "" || text.endsWith("\n") ? text : `${text}\n`) + written;
  const start = rangeOf(pair.key)?.[0];
  const end = endOf(pair.value);
  if (start === undefined || end === undefined || columnOf(text, start) !== 0) return undefined;
  const after = afterLine(text, end);
  return text.slice(start, after).includes("#")
    ? undefined
    : text.slice(0, start) + written + text.slice(after);
}

function sectionText(
  yaml: Document,
  section: string,
  value: unknown,
  names: ReadonlyMap<string, string>,
): string {
  const node = yaml.createNode({ [section]: value });
  return stringify(named(node, names), { lineWidth: 0 });
}

/** Takes from the lists of a section what is to go and adds what is new, so that comments of the rest stay. */
function changedList(
  yaml: Document,
  path: readonly string[],
  value: SettingValue,
  names: ReadonlyMap<string, string>,
): boolean {
  const section = yaml.getIn(path);
  if (!isMap(section) || typeof value !== "object") return false;
  for (const { key } of [...section.items]) if (!(String(key) in value)) section.delete(key);
  for (const [key, wanted] of Object.entries(value)) {
    const list = section.get(key);
    if (!isSeq(list) || !Array.isArray(wanted)) {
      section.set(key, named(yaml.createNode(wanted), names));
      continue;
    }
    const of = (item: unknown) => String(isScalar(item) ? item.value : item);
    list.items = list.items.filter((item) => wanted.includes(of(item)));
    for (const id of wanted) {
      if (!list.items.some((item) => of(item) === id)) list.add(named(yaml.createNode(id), names));
    }
  }
  return true;
}

function named(node: Node, names: ReadonlyMap<string, string>): Node {
  visit(node, {
    Scalar: (key, scalar) => {
      const name = key === "key" ? undefined : names.get(String(scalar.value));
      if (name !== undefined) scalar.comment = ` ${name}`;
    },
  });
  return node;
}

function setIn(
  target: Record<string, unknown>,
  [key = "", ...rest]: readonly string[],
  value: unknown,
): void {
  if (rest.length > 0) {
    const next = record(target[key]);
    target[key] = next;
    setIn(next, rest, value);
  } else if (value === undefined) delete target[key];
  else target[key] = value;
}

import type { ChangedSetting } from "../core/operations/change.ts";
import type { ConfigDocument } from "./document.ts";
import { plainValues } from "./plain-values.ts";
import { configSchema } from "./schema.ts";
import { shownConfig } from "./shown.ts";

/** What is set otherwise in the second of two valid configs, defaults included. Secrets are compared, not shown. */
export function changedSettings(before: ConfigDocument, after: ConfigDocument): ChangedSetting[] {
  const old = { values: flat(values(before)), shown: flat(shownConfig(before)) };
  const now = { values: flat(values(after)), shown: flat(shownConfig(after)) };
  return [...new Set([...old.values.keys(), ...now.values.keys()])]
    .filter((key) => JSON.stringify(old.values.get(key)) !== JSON.stringify(now.values.get(key)))
    .map((key) => ({ key, before: old.shown.get(key), after: now.shown.get(key) }));
}

function values(document: ConfigDocument): unknown {
  return configSchema.parse(plainValues(document)?.value);
}

/** Each value by its path; projects by their name, so that adding one does not change those behind it. */
function flat(value: unknown, path: readonly string[] = []): Map<string, unknown> {
  if (typeof value !== "object" || value === null) return new Map([[path.join("."), value]]);
  if (!Array.isArray(value)) return together(Object.entries(value), path);
  const named = value.every((item) => typeof item === "object" && item !== null && "name" in item);
  if (value.length === 0 || !named) return new Map([[path.join("."), value]]);
  return together(
    value.map((item) => [String(item.name), item]),
    path,
  );
}

function together(entries: readonly (readonly [string, unknown])[], path: readonly string[]) {
  return new Map(entries.flatMap(([key, item]) => [...flat(item, [...path, key])]));
}

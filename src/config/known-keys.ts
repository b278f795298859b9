import { z } from "zod";
import type { KeyPath } from "./document.ts";
import { configSchema } from "./schema.ts";

/** A key of the configuration, as the reference and the example tell it. */
export interface KnownKey {
  /** An entry of `projects` has 0 in its place. */
  readonly path: KeyPath;
  readonly description: string;
  /** What a person may write: `true or false`, `off, brief, full`, `text`. */
  readonly kind: string;
  readonly default: unknown;
  /** A value as a person might write it; undefined where the default is example enough. */
  readonly example: unknown;
  readonly required: boolean;
  /** Whether it holds further keys. */
  readonly section: boolean;
}

type JsonSchema = z.core.JSONSchema.JSONSchema;

/** The schema as JSON schema (draft 2020-12), for what is made from it. */
export function configJsonSchema(): JsonSchema {
  return z.toJSONSchema(configSchema, { io: "input", reused: "inline" });
}

/** Every key, in the order in which a person would set them. */
export function knownKeys(): KnownKey[] {
  return keysUnder(configJsonSchema(), []);
}

/** The ways to every key. */
export function keyPaths(): KeyPath[] {
  return knownKeys().map(({ path }) => path);
}

function keysUnder(schema: JsonSchema, above: KeyPath): KnownKey[] {
  return Object.entries(schema.properties ?? {}).flatMap(([key, property]) => {
    if (typeof property === "boolean") return [];
    const path = [...above, key];
    const inner = form(property);
    const below = inner.properties ? keysUnder(inner, key === "projects" ? [...path, 0] : path) : [];
    return [
      {
        path,
        description: property.description ?? "",
        kind: kindOf(property),
        default: property.default,
        example: property.examples?.[0],
        required: schema.required?.includes(key) ?? false,
        section: below.length > 0,
      },
      ...below,
    ];
  });
}

/** The object that a section, the access rule or an entry of `projects` is written as. */
function form(schema: JsonSchema): JsonSchema {
  const options = [schema, ...(schema.anyOf ?? [])].filter((option) => typeof option === "object");
  const list = options.find((option) => typeof option.items === "object" && !Array.isArray(option.items));
  const entry = list?.items;
  if (typeof entry === "object" && !Array.isArray(entry) && entry.properties) return entry;
  return options.find((option) => option.properties) ?? {};
}

function kindOf(schema: JsonSchema): string {
  if (schema.enum) return schema.enum.map((value) => `\`${value}\``).join(", ");
  if (schema.type === "boolean") return "`true`, `false`";
  if (schema.type === "integer") return "whole number";
  if (schema.type === "number") return "number";
  if (schema.type === "array") return "list";
  if (schema.type === "object") return "map";
  if (schema.pattern?.includes("(ms|s|m|h|d)")) return "duration";
  if (schema.pattern?.includes("\\d{16")) return "id in quotes";
  if (schema.anyOf) {
    return schema.anyOf
      .filter((option) => typeof option === "object")
      .map((option) => (option.const === undefined ? kindOf(option) : `\`${option.const}\``))
      .join(" or ");
  }
  return "text";
}

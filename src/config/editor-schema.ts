import type { z } from "zod";
import { configJsonSchema } from "./known-keys.ts";

type JsonSchema = z.core.JSONSchema.JSONSchema;

/** The text of docs/config.schema.json, laid out as the repository's formatter has it. */
export function editorSchemaText(): string {
  return `${laidOut(editorSchema(), "", 0)}\n`;
}

const LINE_WIDTH = 110;

/** JSON with lists on one line where they fit behind `lead` characters; maps always have a line for each key. */
function laidOut(value: unknown, indent: string, lead: number): string {
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const inner = `${indent}  `;
  const [open, close] = Array.isArray(value) ? "[]" : "{}";
  const items = Array.isArray(value)
    ? value.map((item) => laidOut(item, inner, inner.length))
    : Object.entries(value).map(([key, item]) => {
        const name = `${JSON.stringify(key)}: `;
        return name + laidOut(item, inner, inner.length + name.length);
      });
  const line = `${open}${items.join(", ")}${close}`;
  // One more for the comma behind it.
  const fits = !line.includes("\n") && lead + line.length + 1 <= LINE_WIDTH;
  if (items.length === 0 || (Array.isArray(value) && fits)) return line;
  return `${open}\n${items.map((item) => inner + item).join(",\n")}\n${indent}${close}`;
}

/** The JSON schema for editors. A key that may be left out may also stand there without a value. */
function editorSchema(): JsonSchema {
  return { title: "claude-coord config.yaml", ...withEmptyKeys(configJsonSchema()) };
}

function withEmptyKeys(schema: JsonSchema): JsonSchema {
  const result: JsonSchema = { ...schema };
  if (schema.properties) {
    const required = schema.required ?? [];
    result.properties = Object.fromEntries(
      Object.entries(schema.properties).map(([key, property]) => {
        const below = typeof property === "boolean" ? property : withEmptyKeys(property);
        return [key, typeof below === "boolean" || required.includes(key) ? below : orEmpty(below)];
      }),
    );
  }
  if (schema.anyOf) result.anyOf = schema.anyOf.map(withEmptyKeys);
  if (schema.items && !Array.isArray(schema.items)) result.items = below(schema.items);
  if (schema.additionalProperties) result.additionalProperties = below(schema.additionalProperties);
  return result;
}

function below<T extends JsonSchema | boolean>(schema: T): JsonSchema | boolean {
  return typeof schema === "boolean" ? schema : withEmptyKeys(schema);
}

function orEmpty(schema: JsonSchema): JsonSchema {
  if (schema.anyOf) return { ...schema, anyOf: [...schema.anyOf, { type: "null" }] };
  const { description, default: fallback, examples, ...shape } = schema;
  const notes = { description, default: fallback, examples };
  const kept = Object.fromEntries(Object.entries(notes).filter(([, value]) => value !== undefined));
  return { ...kept, anyOf: [shape, { type: "null" }] };
}

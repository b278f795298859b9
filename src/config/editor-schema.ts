import type { z } from "zod";
import { configJsonSchema } from "./known-keys.ts";

type JsonSchema = z.core.JSONSchema.JSONSchema;

/** The JSON schema for editors. A key that may be left out may also stand there without a value. */
export function editorSchema(): JsonSchema {
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
  if (schema.anyOf) result.anyOf = schema.anyOf.map(below);
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

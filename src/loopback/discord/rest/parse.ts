import type { z } from "zod";
import { type FormProblem, invalidForm } from "../api-error.ts";

/** The body as its schema says, or 50035 with Discord's codes for what is wrong. */
export function parseAs<S extends z.ZodType>(schema: S, body: unknown): z.infer<S> {
  const result = schema.safeParse(body ?? {});
  if (result.success) return result.data;
  throw invalidForm(result.error.issues.map((issue) => problemOf(issue, body)));
}

/** A snowflake or number from the query; an unreadable one is 50035, as Discord has it. */
export function queryNumber(
  query: URLSearchParams,
  name: string,
  range: { min: number; max: number; otherwise: number },
): number {
  const text = query.get(name);
  if (text === null) return range.otherwise;
  const value = Number(text);
  if (Number.isInteger(value) && value >= range.min && value <= range.max) return value;
  const message = `int value should be between ${range.min} and ${range.max}.`;
  throw invalidForm([{ path: [name], code: "NUMBER_TYPE_RANGE", message }]);
}

function problemOf(issue: z.core.$ZodIssue, body: unknown): FormProblem {
  const path = issue.path.map((key) => (typeof key === "symbol" ? String(key) : key));
  return { path, ...codeOf(issue, path, body) };
}

function codeOf(
  issue: z.core.$ZodIssue,
  path: readonly (string | number)[],
  body: unknown,
): { code: string; message: string } {
  switch (issue.code) {
    case "invalid_type":
      if (valueAt(body, path) === undefined) {
        return { code: "BASE_TYPE_REQUIRED", message: "This field is required" };
      }
      return { code: "BASE_TYPE_BAD_TYPE", message: issue.message };
    case "too_big":
      return issue.origin === "string"
        ? { code: "BASE_TYPE_MAX_LENGTH", message: `Must be ${issue.maximum} or fewer in length.` }
        : { code: "BASE_TYPE_BAD_LENGTH", message: `Must be ${issue.maximum} or fewer in length.` };
    case "too_small":
      return issue.origin === "string" && issue.minimum === 1
        ? { code: "BASE_TYPE_REQUIRED", message: "This field is required" }
        : { code: "BASE_TYPE_BAD_LENGTH", message: `Must be ${issue.minimum} or more in length.` };
    case "custom":
      return { code: String(issue.params?.code ?? "BASE_TYPE_INVALID"), message: issue.message };
    case "invalid_union":
      if (issue.discriminator === undefined) return { code: "BASE_TYPE_BAD_TYPE", message: issue.message };
      return { code: "UNION_TYPE_CHOICES", message: 'Value of field "type" must be one of the known types.' };
    case "invalid_value":
      return { code: "BASE_TYPE_CHOICES", message: `Value must be one of {${issue.values.join(", ")}}.` };
    default:
      return { code: "BASE_TYPE_INVALID", message: issue.message };
  }
}

function valueAt(body: unknown, path: readonly (string | number)[]): unknown {
  return path.reduce<unknown>(
    (value, key) =>
      typeof value === "object" && value !== null ? (value as Record<string, unknown>)[key] : undefined,
    body,
  );
}

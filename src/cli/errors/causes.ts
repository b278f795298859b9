/** The chain of causes of a reported failure, what was reported first; with the stack of what was thrown. */
export function causes(error: unknown): string[] {
  if (error === undefined || error === null) return [];
  if (typeof error === "string") return [error];
  if (!isObject(error)) return [JSON.stringify(error)];
  // What an agent tells of its failure.
  if (typeof error.code === "string" && typeof error.detail === "string") {
    return [`${error.code}: ${error.detail}`];
  }
  const own = typeof error.stack === "string" ? error.stack : (error.message ?? JSON.stringify(error));
  const code = error.code === undefined ? "" : ` (${String(error.code)})`;
  return [`${String(own).replace("\n", `${code}\n`)}`, ...causes(error.cause)];
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null;
}

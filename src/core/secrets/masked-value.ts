/** A plain value with `mask` done to every text in it, the names of fields too; itself where that changes nothing. */
export function maskedValue<T>(value: T, mask: (text: string) => string): T {
  return changed(value, mask) as T;
}

function changed(value: unknown, mask: (text: string) => string): unknown {
  if (typeof value === "string") return mask(value);
  if (Array.isArray(value)) {
    const items = value.map((item) => changed(item, mask));
    return items.some((item, index) => item !== value[index]) ? items : value;
  }
  // Dates and the like have no fields to look at, and say of themselves how they are written down.
  if (typeof value !== "object" || value === null || "toJSON" in value) return value;
  const fields = Object.entries(value).map(([name, field]) => [mask(name), changed(field, mask)] as const);
  const same = fields.every(
    ([name, field]) => Object.hasOwn(value, name) && Reflect.get(value, name) === field,
  );
  return same ? value : Object.fromEntries(fields);
}

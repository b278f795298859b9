import fc, { type Arbitrary } from "fast-check";

/** A schema of the API description, as zod keeps it. */
interface Schema {
  readonly def: Definition;
}

interface Definition {
  readonly type: string;
  readonly shape?: Readonly<Record<string, Schema>>;
  readonly element?: Schema;
  readonly options?: readonly Schema[];
  readonly innerType?: Schema;
  readonly valueType?: Schema;
  readonly values?: readonly unknown[];
  readonly entries?: Readonly<Record<string, unknown>>;
  readonly getter?: () => Schema;
  readonly left?: Schema;
  readonly in?: Schema;
}

// A plain name would make the compiler look for types, which the package has for other files only.
const packageName: string = "discord-api-spec/zod";
const schemas = (await import(packageName)) as Record<string, Schema | undefined>;

/** Values of a schema of Discord's API description, by its name there: `MessageResponse`. */
export function described(name: string): Arbitrary<Record<string, unknown>> {
  const schema = schemas[`${name}Schema`];
  if (schema === undefined) throw new Error(`Discord's API description has no ${name}.`);
  return arbitraryOf(schema, 0) as Arbitrary<Record<string, unknown>>;
}

/** The same with something in it that no description allows. */
export function mangled(value: Arbitrary<Record<string, unknown>>): Arbitrary<Record<string, unknown>> {
  const wrong = fc.oneof(
    fc.constant(null),
    fc.constant(""),
    fc.integer(),
    fc.constant([]),
    fc.object(),
    fc.boolean(),
  );
  return fc.tuple(value, fc.nat(), wrong).map(([whole, at, broken]) => {
    const keys = Object.keys(whole);
    const key = keys[at % Math.max(1, keys.length)];
    return key === undefined ? whole : { ...whole, [key]: broken };
  });
}

/** Deeper than this, lists are empty and what may be left out is. */
const DEPTH = 4;
/** Here even what must be there is empty, since a description may hold itself. */
const BOTTOM = 12;

function arbitraryOf({ def }: Schema, depth: number): Arbitrary<unknown> {
  const inner = (schema: Schema | undefined) =>
    schema === undefined ? fc.constant(null) : arbitraryOf(schema, depth + 1);
  switch (def.type) {
    case "object": {
      const entries = Object.entries(def.shape ?? {});
      const needed = entries.filter(([, schema]) => !mayBeAbsent(schema));
      const model = Object.fromEntries(
        (depth >= DEPTH ? needed : entries).map(([key, schema]) => [key, arbitraryOf(schema, depth + 1)]),
      );
      const requiredKeys = needed.map(([key]) => key);
      return fc.record(model, { requiredKeys });
    }
    case "array":
      return depth >= DEPTH ? fc.constant([]) : fc.array(inner(def.element), { maxLength: 2 });
    case "union": {
      const options = def.options ?? [];
      return fc.oneof(
        ...options.slice(0, depth >= DEPTH ? 2 : options.length).map((each) => arbitraryOf(each, depth + 1)),
      );
    }
    case "intersection":
      return inner(def.left);
    case "nullable":
      return depth >= DEPTH ? fc.constant(null) : fc.oneof(inner(def.innerType), fc.constant(null));
    // Left out by its object, or there: never null, which discord.js would refuse to read.
    case "optional":
    case "nonoptional":
    case "default":
    case "readonly":
      return inner(def.innerType);
    case "lazy":
      return depth >= BOTTOM || def.getter === undefined
        ? fc.constant({})
        : arbitraryOf(def.getter(), depth + 1);
    case "pipe":
      return inner(def.in);
    case "record":
      return fc.dictionary(fc.string({ maxLength: 5 }), inner(def.valueType), { maxKeys: 2 });
    case "enum":
      return fc.constantFrom(...Object.values(def.entries ?? { none: null }));
    case "literal":
      return fc.constantFrom(...(def.values ?? [null]));
    case "string":
      return fc.oneof(fc.string({ maxLength: 20 }), fc.bigInt(0n, 2n ** 63n).map(String));
    case "number":
    case "int":
    case "bigint":
      return fc.integer({ min: 0 });
    case "boolean":
      return fc.boolean();
    default:
      return fc.jsonValue({ maxDepth: 1 });
  }
}

function mayBeAbsent({ def }: Schema): boolean {
  return def.type === "optional" || def.type === "default";
}

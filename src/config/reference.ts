import { type KnownKey, knownKeys } from "./known-keys.ts";
import { formatKey } from "./schema-problems.ts";

const START = "<!-- generated from the schema: node scripts/generate-config-docs.ts -->";
const END = "<!-- end of the generated part -->";

/** The page with a new reference between its markers; throws when it has lost them. */
export function withReference(page: string): string {
  const start = page.indexOf(START);
  const end = page.indexOf(END);
  if (start < 0 || end < start)
    throw new Error("docs/configuration.md has lost the markers of its generated part");
  return `${page.slice(0, start)}${START}\n\n${reference()}\n${page.slice(end)}`;
}

/** The reference: a Markdown table with a line for each key. */
function reference(): string {
  // A project's access has the same keys as the general one.
  const keys = knownKeys().filter(({ path }) => path.length < 4 || path.at(-2) !== "access");
  return ["| Key | Value | Default | Meaning |", "|---|---|---|---|", ...keys.map(row)]
    .join("\n")
    .concat("\n");
}

function row(key: KnownKey): string {
  const name = formatKey(key.path).replace("[0]", "[]");
  const cells = [`\`${name}\``, key.kind, fallback(key), key.description];
  return `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
}

function fallback({ default: value, required, section }: KnownKey): string {
  if (required) return "*required*";
  if (value === undefined || section) return "";
  return `\`${typeof value === "string" ? value : JSON.stringify(value)}\``;
}

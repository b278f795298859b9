import { createRequire } from "node:module";
import { dirname, sep } from "node:path";

/** Where a package that the page loads lies, by its name. */
export type VendorFolders = ReadonlyMap<string, string>;

/** What the page imports, each found from the package that asks for it: `[name, asked for by, entry file]`. */
const PACKAGES = [
  ["@skyra/discord-components-core", undefined, "dist/index.js"],
  ["@lit/context", "@skyra/discord-components-core", "index.js"],
  ["lit", "@skyra/discord-components-core", "index.js"],
  ["lit-html", "lit", "lit-html.js"],
  ["lit-element", "lit", "lit-element.js"],
  ["@lit/reactive-element", "lit", "reactive-element.js"],
] as const;

/** Finds the packages that are installed with this one, so that the page needs nothing from elsewhere. */
export function findVendors(): VendorFolders {
  const found = new Map<string, string>();
  for (const [name, parent] of PACKAGES) {
    const from = parent === undefined ? import.meta.url : `${found.get(parent)}${sep}package.json`;
    found.set(name, folderOf(createRequire(from).resolve(name), name));
  }
  return found;
}

/** The import map by which a browser finds them under `/vendor/`. */
export function importMap(): string {
  const imports = PACKAGES.flatMap(([name, , entry]) => [
    [name, `/vendor/${name}/${entry}`],
    [`${name}/`, `/vendor/${name}/`],
  ]);
  return JSON.stringify({ imports: Object.fromEntries(imports) });
}

function folderOf(file: string, name: string): string {
  const inside = `${sep}node_modules${sep}${name.split("/").join(sep)}`;
  const at = file.lastIndexOf(`${inside}${sep}`);
  if (at < 0) throw new Error(`${name} is not in a node_modules folder: ${dirname(file)}`);
  return file.slice(0, at + inside.length);
}

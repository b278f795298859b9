import { readFile } from "node:fs/promises";
import { extname, join, normalize, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { findVendors, importMap, type VendorFolders } from "./vendor.ts";

/** A file of the page, ready to be served. */
export interface StaticFile {
  readonly body: string | Uint8Array<ArrayBuffer>;
  readonly contentType: string;
}

const PUBLIC = fileURLToPath(new URL("./public", import.meta.url));

const CONTENT_TYPES: Readonly<Record<string, string>> = {
  ".css": "text/css; charset=utf-8",
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
};

/** The page's own files and those of the packages it imports; undefined for anything else. */
export function createStaticFiles(): (path: string) => Promise<StaticFile | undefined> {
  const vendors = findVendors();
  return async (path) => {
    const contentType = CONTENT_TYPES[extname(path === "/" ? "index.html" : path)];
    const file = locate(path === "/" ? "/index.html" : path, vendors);
    if (file === undefined || contentType === undefined) return undefined;
    try {
      const bytes = await readFile(file);
      if (!contentType.startsWith("text/html")) return { body: new Uint8Array(bytes), contentType };
      return { body: bytes.toString("utf8").replace("{{importMap}}", importMap()), contentType };
    } catch {
      return undefined;
    }
  };
}

function locate(path: string, vendors: VendorFolders): string | undefined {
  if (!path.startsWith("/vendor/")) return inside(PUBLIC, path);
  for (const [name, folder] of vendors) {
    const prefix = `/vendor/${name}/`;
    if (path.startsWith(prefix)) return inside(folder, path.slice(prefix.length));
  }
  return undefined;
}

function inside(folder: string, path: string): string | undefined {
  const file = normalize(join(folder, path));
  return file.startsWith(`${folder}${sep}`) ? file : undefined;
}

import { createReadStream, existsSync, readdirSync } from "node:fs";
import { basename, dirname, extname, join } from "node:path";
import { createInterface } from "node:readline";

/** The log and what it was rotated to (`bot.log`, `bot1.log` …), oldest first; only those that are there. */
export function logFiles(file: string): string[] {
  const extension = extname(file);
  const stem = basename(file, extension);
  const age = (name: string) => {
    const own = name.startsWith(stem) && name.endsWith(extension);
    const number = own ? name.slice(stem.length, name.length - extension.length) : "-";
    return /^\d*$/.test(number) ? Number(number) : Number.NaN;
  };
  const folder = dirname(file);
  const names = existsSync(folder) ? readdirSync(folder) : [];
  return names
    .filter((name) => !Number.isNaN(age(name)))
    .toSorted((a, b) => age(b) - age(a))
    .map((name) => join(folder, name));
}

/** The lines of all of them, oldest first; of `file` itself only the first `bytes`. */
export async function* logLines(file: string, bytes = Number.POSITIVE_INFINITY): AsyncGenerator<string> {
  for (const each of logFiles(file)) {
    if (each === file && bytes === 0) return;
    const input = createReadStream(each, each === file ? { end: bytes - 1 } : {});
    for await (const line of createInterface({ input })) if (line !== "") yield line;
  }
}

import { existsSync, readdirSync } from "node:fs";
import { basename, dirname, extname, join } from "node:path";

/** The files of an audit log in the order of their records; only those that are there. */
export function auditFiles(file: string): readonly string[] {
  const folder = dirname(file);
  const names = existsSync(folder) ? readdirSync(folder) : [];
  const full = names
    .map((name) => ({ name, lastSeq: lastSeqOf(name, file) }))
    .filter(({ lastSeq }) => !Number.isNaN(lastSeq))
    .toSorted((a, b) => a.lastSeq - b.lastSeq)
    .map(({ name }) => join(folder, name));
  return existsSync(file) ? [...full, file] : full;
}

/** What a full file is renamed to: `audit-4711.jsonl` when 4711 is its last record. */
export function fullFileName(file: string, lastSeq: number): string {
  const extension = extname(file);
  return join(dirname(file), `${basename(file, extension)}-${lastSeq}${extension}`);
}

function lastSeqOf(name: string, file: string): number {
  const extension = extname(file);
  const stem = `${basename(file, extension)}-`;
  const isOne = name.startsWith(stem) && name.endsWith(extension);
  const number = isOne ? name.slice(stem.length, -extension.length) : "";
  return /^\d+$/.test(number) ? Number(number) : Number.NaN;
}

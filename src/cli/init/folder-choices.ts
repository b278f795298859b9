import { readdirSync, statSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import type { Choice } from "../prompts.ts";

/** The folders that a person may mean by what was typed so far, with what would become of each. */
export function folderChoices(typed: string): Choice<string>[] {
  if (!typed.startsWith("/")) return [];
  const exact = typed.length > 1 ? typed.replace(/\/+$/, "") : typed;
  const parent = typed.endsWith("/") ? typed : dirname(typed);
  const start = typed.endsWith("/") ? "" : basename(typed);
  const inside = foldersIn(parent)
    .filter((name) => name.startsWith(start) && (start.startsWith(".") || !name.startsWith(".")))
    .map((name) => join(parent, name))
    .filter((path) => path !== exact);
  const completions = inside.slice(0, MOST).map((path) => ({ value: path, name: path }));
  const self = { value: exact, name: exact, description: describe(exact) };
  // Tab completes to the first: the folder itself when it is whole, else one that begins so.
  return isFolder(exact) || typed.endsWith("/") || completions.length === 0
    ? [self, ...completions]
    : [...completions, self];
}

const MOST = 50;

function describe(path: string): string | undefined {
  const found = statSync(path, { throwIfNoEntry: false });
  if (found === undefined) return "It is not there yet: it is made at the end.";
  return found.isDirectory() ? undefined : "This is a file.";
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}

function foldersIn(path: string): string[] {
  try {
    return readdirSync(path, { withFileTypes: true })
      .filter((entry) => entry.isDirectory() || entry.isSymbolicLink())
      .map(({ name }) => name)
      .sort();
  } catch {
    // Not there, or not readable for this user: nothing to offer.
    return [];
  }
}

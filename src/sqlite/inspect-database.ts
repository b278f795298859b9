import { existsSync } from "node:fs";
import Sqlite from "better-sqlite3";
import type { WorktreeRecord } from "../core/projects/worktree.ts";
import { readSchemaVersion } from "./schema-version.ts";
import { createWorktreeStore } from "./worktrees.ts";

/** How a database file is, without changing anything in it. */
export type DatabaseInspection =
  | { readonly state: "missing" }
  /** `why`: SQLite's own words. */
  | { readonly state: "damaged"; readonly why: string }
  | { readonly state: "newer" | "older" | "current"; readonly found: number; readonly known: number };

export function inspectDatabase(file: string): DatabaseInspection {
  if (!existsSync(file)) return { state: "missing" };
  try {
    const said = quickCheck(file);
    if (said !== "ok") return { state: "damaged", why: said };
    const { found, known } = readSchemaVersion(file);
    return { state: found > known ? "newer" : found < known ? "older" : "current", found, known };
  } catch (error) {
    return { state: "damaged", why: error instanceof Error ? error.message : String(error) };
  }
}

/** The working copies that a database of the current schema knows of. */
export function readWorktrees(file: string): readonly WorktreeRecord[] {
  const db = new Sqlite(file, { readonly: true, fileMustExist: true });
  try {
    return createWorktreeStore(db).all();
  } finally {
    db.close();
  }
}

function quickCheck(file: string): string {
  const db = new Sqlite(file, { readonly: true, fileMustExist: true });
  try {
    return String(db.pragma("quick_check(1)", { simple: true }));
  } finally {
    db.close();
  }
}

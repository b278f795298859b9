import Sqlite from "better-sqlite3";
import { migrations } from "./migrations.ts";

/** The schema that a database file has, and the one that this program knows. Changes nothing in the file. */
export function readSchemaVersion(file: string): { found: number; known: number } {
  const db = new Sqlite(file, { readonly: true, fileMustExist: true });
  try {
    return { found: Number(db.pragma("user_version", { simple: true })), known: migrations.length };
  } finally {
    db.close();
  }
}

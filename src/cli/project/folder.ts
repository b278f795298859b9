import { mkdirSync } from "node:fs";
import { CoordError } from "../../core/operations/errors.ts";

/** Makes a folder and what is missing above it. Returns the topmost that was made; undefined if it was there. */
export function createFolder(folder: string): string | undefined {
  try {
    return mkdirSync(folder, { recursive: true });
  } catch (cause) {
    throw new CoordError("home_unwritable", `${folder} can't be made: ${(cause as Error).message}.`, {
      cause,
    });
  }
}

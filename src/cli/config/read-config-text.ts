import { readFileSync } from "node:fs";
import { CoordError } from "../../core/operations/errors.ts";

/** The text of config.yaml, whatever it holds. Throws config_missing, or home_unwritable for another user's. */
export function readConfigText(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code === "ENOENT") {
      throw new CoordError("config_missing", `There is no ${path} yet. Run: claude-coord init`, { cause });
    }
    throw new CoordError("home_unwritable", `${path} can't be read (${code}). Run this as its owner.`, {
      cause,
    });
  }
}

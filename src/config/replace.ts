import { readFileSync, realpathSync, statSync } from "node:fs";
import { CoordError } from "../core/operations/errors.ts";
import { type CheckedConfig, checkConfigText, type LoadOptions } from "./load.ts";
import { withLockFile } from "./lock-file.ts";
import { writeAtomically } from "./write-atomically.ts";

/** Checks a text that is to become config.yaml, with the mode that the file has. */
export function checkReplacement(options: LoadOptions, text: string): CheckedConfig {
  return checkConfigText(text, statSync(options.path).mode & 0o777, options);
}

/** Writes the whole text of config.yaml, valid or not. Throws usage if the file is no longer `before`. */
export function replaceConfig(path: string, before: string, text: string): Promise<void> {
  // The file itself, so that a link to it stays a link.
  const file = realpathSync(path);
  return withLockFile(`${file}.lock`, () => {
    if (readFileSync(file, "utf8") !== before) {
      throw new CoordError("usage", `${path} was changed by somebody else meanwhile; it was left as it is.`);
    }
    writeAtomically(file, text);
  });
}

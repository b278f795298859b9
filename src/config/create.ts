import { randomUUID } from "node:crypto";
import {
  chownSync,
  closeSync,
  existsSync,
  fchownSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { basename, dirname, join } from "node:path";
import { CoordError } from "../core/operations/errors.ts";
import { checkConfigText, type LoadedConfig, type LoadOptions } from "./load.ts";
import { withLockFile } from "./lock-file.ts";
import { formatProblems } from "./problems.ts";

/** Whose the file and its folder are. */
export interface Owner {
  readonly uid: number;
  readonly gid: number;
}

/**
 * Writes a config.yaml where there is none, with mode 0600, in a folder that is made if needed with mode 0700. It is
 * there whole or not at all. Throws config_invalid, or usage if somebody else wrote one meanwhile.
 */
export async function createConfig(
  options: LoadOptions,
  text: string,
  owner: Owner | undefined,
): Promise<LoadedConfig> {
  const checked = checkConfigText(text, MODE, { ...options, needsToken: false });
  if (!checked.ok) throw new CoordError(checked.code, formatProblems(checked.problems));
  const { path } = options;
  const made = mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  if (made !== undefined && owner !== undefined) chownSync(dirname(path), owner.uid, owner.gid);
  await withLockFile(`${path}.lock`, () => {
    if (existsSync(path)) throw new CoordError("usage", `${path} was written by somebody else meanwhile.`);
    const temporary = join(dirname(path), `.${basename(path)}.${randomUUID()}.tmp`);
    try {
      const file = openSync(temporary, "wx", MODE);
      try {
        if (owner !== undefined) fchownSync(file, owner.uid, owner.gid);
        writeFileSync(file, text);
        fsyncSync(file);
      } finally {
        closeSync(file);
      }
      // Unlike a rename, a link never takes another file's place.
      linkSync(temporary, path);
    } finally {
      rmSync(temporary, { force: true });
    }
  });
  return checked;
}

const MODE = 0o600;

import { execFile } from "node:child_process";
import { closeSync, lstatSync, openSync, rmSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { CoordError } from "../../core/operations/errors.ts";

/** What a backup may hold; anything else in an archive is none of ours. */
export const ARCHIVE_FILES = ["manifest.json", "config.yaml", "sessions.db"] as const;

/** A name in a backup. */
export type ArchiveFile = (typeof ARCHIVE_FILES)[number];

/** Packs files of a folder into a new .tar.gz that only its owner can read. Throws usage if it is there. */
export async function pack(file: string, folder: string, names: readonly ArchiveFile[]): Promise<void> {
  try {
    closeSync(openSync(file, "wx", 0o600));
  } catch (cause) {
    const why =
      (cause as NodeJS.ErrnoException).code === "EEXIST" ? "it is there already" : (cause as Error).message;
    throw new CoordError("usage", `${file} can't be written: ${why}.`, { cause });
  }
  try {
    await tar(["-czf", file, "-C", folder, ...names]);
  } catch (error) {
    rmSync(file, { force: true });
    throw error;
  }
}

/** Unpacks our files into an empty folder and returns which there were. Throws usage for what is no backup. */
export async function unpack(file: string, folder: string): Promise<ArchiveFile[]> {
  const names = (await tar(["-tzf", file])).split("\n");
  const ours = ARCHIVE_FILES.filter((name) => names.includes(name));
  if (!ours.includes("manifest.json")) {
    throw new CoordError("usage", `${file} is no backup of claude-coord: there is no manifest in it.`);
  }
  // By name, so that nothing else in the archive can end up anywhere.
  await tar(["-xzf", file, "-C", folder, "--no-same-owner", ...ours]);
  if (ours.some((name) => !lstatSync(join(folder, name)).isFile())) {
    throw new CoordError("usage", `${file} is no backup of claude-coord: it holds links.`);
  }
  return ours;
}

async function tar(args: readonly string[]): Promise<string> {
  try {
    const { stdout } = await promisify(execFile)("tar", args, { env: { PATH: SYSTEM_PATH, LC_ALL: "C" } });
    return stdout;
  } catch (cause) {
    const { code, stderr } = cause as NodeJS.ErrnoException & { stderr?: string };
    const why = String(code) === "ENOENT" ? "there is no tar command on this machine" : stderr?.trim();
    throw new CoordError("usage", `tar failed: ${why || (cause as Error).message}`, { cause });
  }
}

const SYSTEM_PATH = "/usr/local/bin:/usr/bin:/bin:/opt/homebrew/bin";

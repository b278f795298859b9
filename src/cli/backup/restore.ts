import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { checkConfig } from "../../config/load.ts";
import { findPaths } from "../../config/paths.ts";
import { CoordError } from "../../core/operations/errors.ts";
import { inspectDatabase } from "../../sqlite/inspect-database.ts";
import { lockInstance } from "../../sqlite/instance-lock.ts";
import { localTime } from "../local-time.ts";
import { withPrivateFolder } from "../private-folder.ts";
import { agreeOrEnd } from "../prompts.ts";
import type { Terminal } from "../terminal.ts";
import { type ArchiveFile, unpack } from "./archive.ts";
import { fileTime } from "./file-time.ts";
import { readManifest } from "./manifest.ts";
import { putInPlace } from "./put-in-place.ts";

/** Puts a backup back, after asking; everything is looked at before anything is replaced. Throws already_running. */
export async function restore(
  file: string,
  options: { yes?: boolean; config?: string },
  terminal: Terminal,
): Promise<void> {
  const { env } = terminal;
  const paths = findPaths({ env, configFlag: options.config });
  if (!existsSync(file)) throw new CoordError("usage", `There is no file ${file}.`);
  await withPrivateFolder(async (folder) => {
    const names = await unpack(file, folder);
    const { created_at, host } = readManifest(readFileSync(join(folder, "manifest.json"), "utf8"));
    if (names.includes("sessions.db")) checkDatabase(join(folder, "sessions.db"), file);

    mkdirSync(paths.home, { recursive: true, mode: 0o700 });
    // Held until all is in place, so that no daemon starts in the middle.
    const release = lockInstance(paths.lock);
    try {
      const targets: Partial<Record<ArchiveFile, string>> = {
        "config.yaml": paths.config,
        "sessions.db": paths.database,
      };
      const moves = names.flatMap((name) => {
        const to = targets[name];
        return to === undefined ? [] : [{ from: join(folder, name), to }];
      });
      const replaced = moves.map(({ to }) => to).filter((to) => existsSync(to));
      const what = replaced.length === 0 ? "" : ` This replaces ${replaced.join(" and ")}.`;
      const question = `Restore the backup of ${localTime(Date.parse(created_at))} from ${host}?${what}`;
      await agreeOrEnd(terminal, options.yes, question);
      const suffix = `before-restore-${fileTime(new Date())}`;
      for (const { from, to } of moves) {
        mkdirSync(dirname(to), { recursive: true, mode: 0o700 });
        const kept = putInPlace(from, to, suffix, paths.home);
        terminal.explain(`Restored ${to}.${kept === undefined ? "" : ` What was there is now ${kept}.`}`);
      }
    } finally {
      release();
    }
  });
  const checked = checkConfig({ path: paths.config, env, needsToken: false });
  if (!checked.ok)
    terminal.explain("The config does not fit this machine yet. Look at: claude-coord config check");
}

function checkDatabase(copy: string, file: string): void {
  const found = inspectDatabase(copy);
  if (found.state === "damaged") {
    throw new CoordError(
      "database_damaged",
      `The database in ${file} is damaged: ${found.why}. Nothing was changed.`,
    );
  }
  if (found.state === "newer") {
    throw new CoordError(
      "database_newer",
      `The database in ${file} is of a newer claude-coord. Install that first. Nothing was changed.`,
    );
  }
}

import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { withSecretsOf } from "../../config/left-out.ts";
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
    const {
      created_at,
      host,
      left_out: leftOut,
    } = readManifest(readFileSync(join(folder, "manifest.json"), "utf8"));
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
      const missing = names.includes("config.yaml")
        ? putSecretsBack(join(folder, "config.yaml"), paths.config, leftOut)
        : [];
      for (const { from, to } of moves) {
        mkdirSync(dirname(to), { recursive: true, mode: 0o700 });
        const kept = putInPlace(from, to, suffix, paths.home);
        terminal.explain(`Restored ${to}.${kept === undefined ? "" : ` What was there is now ${kept}.`}`);
      }
      if (missing.length > 0) {
        terminal.explain(
          `Not in the backup and not in the config that was here: ${missing.join(", ")}. Set them: claude-coord config edit`,
        );
      }
    } finally {
      release();
    }
  });
  const checked = checkConfig({ path: paths.config, env, needsToken: false });
  if (!checked.ok)
    terminal.explain("The config does not fit this machine yet. Look at: claude-coord config check");
}

/** Gives the config of a backup the secrets of the one that it replaces; returns those that this one has not either. */
function putSecretsBack(file: string, replaced: string, leftOut: readonly string[]): readonly string[] {
  if (leftOut.length === 0 || !existsSync(replaced)) return leftOut;
  try {
    const whole = withSecretsOf(readFileSync(replaced, "utf8"), readFileSync(file, "utf8"), leftOut);
    writeFileSync(file, whole.text, { mode: 0o600 });
    return whole.missing;
  } catch {
    // Nobody can tell what a broken config holds; it stays beside the restored one.
    return leftOut;
  }
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

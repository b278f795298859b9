import { existsSync, mkdtempSync, realpathSync, renameSync, rmSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import type { Environment } from "../../config/paths.ts";
import { CoordError } from "../../core/operations/errors.ts";
import { type Release, readPackage } from "./release.ts";
import { run } from "./run.ts";

/** Installs a release beside a global npm install, with all that it needs. `from`: what npm can install. */
export async function stageFromNpm(
  installed: string,
  from = "claude-coord@latest",
  env: Environment,
  say: (text: string) => void,
): Promise<Release | undefined> {
  const spec = existsSync(from) ? realpathSync(resolve(from)) : from;
  const beside = stagingFolder(installed);
  const discard = async () => rmSync(beside, { recursive: true, force: true });
  try {
    say(`Getting ${spec} …`);
    const install = ["install", "--global", "--prefix", beside, "--no-audit", "--no-fund", spec];
    await run(["npm", ...install], { cwd: "/", env });
    const folder = join(beside, "lib/node_modules/claude-coord");
    if (!existsSync(folder)) throw new CoordError("usage", `${spec} is no claude-coord.`);
    const { version, changelog } = readPackage(folder);
    const old = readPackage(installed);
    if (version === old.version && changelog === old.changelog) {
      await discard();
      return undefined;
    }
    const kept = join(beside, "old");
    return {
      folder,
      version,
      revision: undefined,
      changelog,
      discard,
      swap: async () => {
        renameSync(installed, kept);
        renameSync(folder, installed);
      },
      swapBack: async () => {
        if (!existsSync(kept)) return;
        if (existsSync(installed)) renameSync(installed, join(beside, "failed"));
        renameSync(kept, installed);
      },
    };
  } catch (error) {
    await discard();
    throw error;
  }
}

/** On the same disk, so that the swap is two renames; the dot keeps npm from counting it as installed. */
function stagingFolder(installed: string): string {
  try {
    return mkdtempSync(join(dirname(installed), ".claude-coord-upgrade-"));
  } catch (cause) {
    throw new CoordError(
      "home_unwritable",
      `${dirname(installed)} can't be written by this user. Run it with sudo, as it was installed.`,
      { cause },
    );
  }
}

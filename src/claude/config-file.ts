import { readdir, readFile } from "node:fs/promises";
import { dirname, join } from "node:path";

/** A `.claude.json` that the CLI can't read: every start fails until a person puts it right. */
export interface DamagedConfigFile {
  readonly file: string;
  /** The newest copy that the CLI made of it. */
  readonly newestBackup: string | undefined;
}

/** Where the CLI keeps sessions, login and backups, and the settings file that it rewrites all the time. */
export function configPaths(
  home: string,
  configDir: string | undefined,
): { directory: string; file: string } {
  return configDir === undefined
    ? { directory: join(home, ".claude"), file: join(home, ".claude.json") }
    : { directory: configDir, file: join(configDir, ".claude.json") };
}

/** The damage, or undefined when the file is sound or not there yet. */
export async function findDamagedConfigFile(paths: {
  directory: string;
  file: string;
}): Promise<DamagedConfigFile | undefined> {
  const source = await readFile(paths.file, "utf8").catch(() => "{}");
  try {
    JSON.parse(source);
    return undefined;
  } catch {
    return { file: paths.file, newestBackup: await findNewestBackup(paths) };
  }
}

/** Their names end in the time at which they were made, in ms since the epoch. */
async function findNewestBackup({ directory, file }: { directory: string; file: string }) {
  const folders = [join(directory, "backups"), dirname(file)];
  const backups = await Promise.all(
    folders.map(async (folder) => {
      const names = await readdir(folder).catch(() => []);
      return names
        .filter((name) => /^\.claude\.json\.backup\.\d+$/.test(name))
        .map((name) => join(folder, name));
    }),
  );
  const madeAt = (backup: string) => Number(backup.slice(backup.lastIndexOf(".") + 1));
  return backups.flat().sort((left, right) => madeAt(right) - madeAt(left))[0];
}

import { existsSync, statSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { withoutWrittenSecrets } from "../../config/left-out.ts";
import { findPaths } from "../../config/paths.ts";
import { CoordError } from "../../core/operations/errors.ts";
import { backupDatabase } from "../../sqlite/backup.ts";
import { inspectDatabase } from "../../sqlite/inspect-database.ts";
import { size } from "../amounts.ts";
import { readConfigText } from "../config/read-config-text.ts";
import { withPrivateFolder } from "../private-folder.ts";
import type { Terminal } from "../terminal.ts";
import { type ArchiveFile, pack } from "./archive.ts";
import { fileTime } from "./file-time.ts";
import type { Manifest } from "./manifest.ts";

export interface BackupOptions {
  readonly config?: string;
  /** With the bot's token and what else is secret in config.yaml. */
  readonly withSecrets?: boolean;
}

/** Writes config and database into a new .tar.gz, and checks the copy of the database. Prints the file's path. */
export async function backup(
  givenFile: string | undefined,
  options: BackupOptions,
  terminal: Terminal,
): Promise<void> {
  const paths = findPaths({ env: terminal.env, configFlag: options.config });
  let leftOut: readonly string[] = [];
  const file = givenFile ?? `claude-coord-${fileTime(new Date())}.tar.gz`;
  const names: ArchiveFile[] = ["manifest.json"];
  await withPrivateFolder(async (folder) => {
    if (existsSync(paths.config)) {
      const written = readConfigText(paths.config);
      const config = options.withSecrets ? { text: written, leftOut } : safeConfig(written, paths.config);
      leftOut = config.leftOut;
      writeFileSync(join(folder, "config.yaml"), config.text, { mode: 0o600 });
      names.push("config.yaml");
    }
    if (existsSync(paths.database)) {
      await copyDatabase(paths.database, join(folder, "sessions.db"));
      names.push("sessions.db");
    }
    if (names.length === 1) {
      throw new CoordError(
        "config_missing",
        `There is nothing to back up: no ${paths.config}, no ${paths.database}.`,
      );
    }
    const about = { format: 1, created_at: new Date().toISOString(), host: hostname() } as const;
    const manifest: Manifest = { ...about, left_out: [...leftOut] };
    writeFileSync(join(folder, "manifest.json"), JSON.stringify(manifest));
    await pack(file, folder, names);
  });
  terminal.stdout.write(`${file}\n`);
  const secrets =
    leftOut.length === 0
      ? "Keep it safe: it holds what people asked and were answered."
      : `Left out: ${leftOut.join(", ")} (--with-secrets takes them in).`;
  terminal.explain(`${size(statSync(file).size)}: ${names.slice(1).join(", ")}. ${secrets}`);
}

function safeConfig(text: string, path: string): ReturnType<typeof withoutWrittenSecrets> {
  try {
    return withoutWrittenSecrets(text);
  } catch (cause) {
    const why = `${path} can't be read as YAML, so its secrets can't be left out.`;
    const advice = "Correct it (claude-coord config check), or take it as it is: --with-secrets.";
    throw new CoordError("config_invalid", `${why} ${advice}`, { cause });
  }
}

async function copyDatabase(file: string, copy: string): Promise<void> {
  try {
    await backupDatabase(file, copy);
  } catch (cause) {
    throw new CoordError("database_damaged", `${file} can't be copied: ${(cause as Error).message}.`, {
      cause,
    });
  }
  const found = inspectDatabase(copy);
  if (found.state === "damaged")
    throw new CoordError("database_damaged", `${file} is damaged: ${found.why}.`);
}

import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { tempDir } from "./temp-dir.ts";

const ROOT = resolve(import.meta.dirname, "../..");

/** npm with what `npm ci` has left in its cache, as far as that goes. */
export const NPM_ENV = {
  npm_config_prefer_offline: "true",
  npm_config_audit: "false",
  npm_config_fund: "false",
};

/** What `npm pack` would take of the built program, as another version, changed at will. */
export function releaseFolder(version: string, change: (folder: string) => void = () => {}): string {
  const folder = tempDir();
  const written = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8"));
  const { devDependencies: _dev, scripts: _scripts, ...rest } = written;
  writeFileSync(join(folder, "package.json"), JSON.stringify({ ...rest, version }, null, 2));
  const files = rest.files.filter((part: string) => !part.startsWith("!"));
  for (const part of [...files, "README.md", "LICENSE"]) {
    mkdirSync(join(folder, part, ".."), { recursive: true });
    cpSync(join(ROOT, part), join(folder, part), { recursive: true });
  }
  const changelog = join(folder, "CHANGELOG.md");
  const text = readFileSync(changelog, "utf8");
  const entry = `## Unreleased\n\n### Added\n\n- What is new in ${version}.\n`;
  writeFileSync(changelog, text.replace("## Unreleased\n\n### Added\n", entry));
  change(folder);
  return folder;
}

/** Packs a folder and returns the tarball. */
export function packed(folder: string): string {
  const target = tempDir();
  const env = { ...process.env, ...NPM_ENV };
  const printed = execFileSync("npm", ["pack", "--json", "--ignore-scripts", "--pack-destination", target], {
    cwd: folder,
    env,
    encoding: "utf8",
    stdio: ["ignore", "pipe", "ignore"],
  });
  const [file] = Object.values(JSON.parse(printed)) as { filename: string }[];
  return join(target, file?.filename ?? "");
}

/** Makes it fail after it has brought the database up to date, before Discord is asked. */
export function broken(folder: string): void {
  const edit = (name: string, change: (text: string) => string) => {
    const file = join(folder, name);
    const before = readFileSync(file, "utf8");
    const after = change(before);
    if (after === before) throw new Error(`${name} is not as the test expects it`);
    writeFileSync(file, after);
  };
  edit("dist/sqlite/migrations.js", (text) =>
    text.replace(/\n\];\s*$/m, "\n  `CREATE TABLE newer (id INTEGER) STRICT;`,\n];\n"),
  );
  edit("dist/daemon/daemon.js", (text) =>
    text.replace("await gateway.connect(", "throw new Error('broken'); await gateway.connect("),
  );
}

/** Installs a tarball for all users of an empty prefix; returns the command. */
export function installGlobally(tarball: string, prefix = tempDir()): string {
  const env = { ...process.env, ...NPM_ENV };
  execFileSync("npm", ["install", "--global", "--prefix", prefix, tarball], {
    env,
    cwd: prefix,
    stdio: "ignore",
  });
  return join(prefix, "bin/claude-coord");
}

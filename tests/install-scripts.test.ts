import { globSync, readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { expect, test } from "vitest";

const ROOT = resolve(import.meta.dirname, "..");
const read = (file: string) => JSON.parse(readFileSync(join(ROOT, file), "utf8"));

test("npm ci compiles nothing, so it needs neither Python nor a compiler", () => {
  const { packages } = read("package-lock.json");
  const native = globSync("node_modules/{*,@*/*}/binding.gyp", { cwd: ROOT }).map(dirname);
  expect(native).toContain("node_modules/better-sqlite3");
  // npm compiles what has this file, unless the lockfile says as the package does that it need not; npm itself leaves
  // that out when it writes the entry anew.
  for (const folder of native) {
    expect(read(join(folder, "package.json")).gypfile, folder).toBe(false);
    expect(packages[folder].gypfile, folder).toBe(false);
  }
});

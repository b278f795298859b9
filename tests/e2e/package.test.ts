import { execFileSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { join, resolve } from "node:path";
import { expect, test } from "vitest";
import { installGlobally, NPM_ENV, packed } from "../support/packages.ts";
import { tempDir } from "../support/temp-dir.ts";

const ROOT = resolve(import.meta.dirname, "../..");

test("the packed program works when it is installed for all users of an empty prefix", () => {
  const prefix = tempDir();
  const home = tempDir();
  const command = installGlobally(packed(ROOT), prefix);
  const run = (...args: string[]) =>
    execFileSync(command, args, {
      env: { PATH: process.env.PATH, HOME: home, ...NPM_ENV },
      encoding: "utf8",
    });
  expect(run("--version")).toMatch(/^\d+\.\d+\.\d+\n$/);
  expect(run("--help")).toContain("Usage: claude-coord");
  expect(run("config", "schema")).toContain('"projects"');
  expect(run("config", "path")).toBe(`${home}/.claude-coordinator/config.yaml\n`);
  expect(run("demo", "--help")).toContain("--web");

  const installed = join(prefix, "lib/node_modules/claude-coord");
  expect(readdirSync(installed).sort()).toEqual([
    "CHANGELOG.md",
    "LICENSE",
    "README.md",
    "bin",
    "config.example.yaml",
    "dist",
    "docs",
    "node_modules",
    "package.json",
    "systemd",
  ]);
  expect(readdirSync(join(installed, "docs"))).toEqual(["config.schema.json"]);
  const files = readdirSync(installed, { recursive: true, encoding: "utf8" });
  const ours = files.filter((file) => !file.startsWith("node_modules"));
  expect(ours.filter((file) => /\.(ts|map|test\.js|snap)$/.test(file))).toEqual([]);
  // What only its makers need.
  const libraries = readdirSync(join(installed, "node_modules"));
  for (const tool of ["typescript", "vitest", "@lydell", "@anthropic-ai"])
    expect(libraries).not.toContain(tool);
}, 300_000);

import { mkdirSync, readdirSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { removeOldFiles } from "../../src/files/remove-old.ts";
import { tempDir } from "../support/temp-dir.ts";

function folder(root: string, conversation: string, message: string, atMs: number) {
  const path = join(root, conversation, message);
  mkdirSync(path, { recursive: true });
  writeFileSync(join(path, "a.txt"), "a");
  utimesSync(path, atMs / 1000, atMs / 1000);
}

test("old files go, those of turns that have not ended stay", async () => {
  const root = tempDir();
  folder(root, "10", "old", 1_000_000);
  folder(root, "10", "waiting", 1_000_000);
  folder(root, "10", "new", 9_000_000);
  folder(root, "20", "old", 1_000_000);
  expect(await removeOldFiles(root, 5_000_000, (name) => name === "waiting")).toBe(2);
  expect(readdirSync(root)).toEqual(["10"]);
  expect(readdirSync(join(root, "10")).sort()).toEqual(["new", "waiting"]);
});

test("nothing was ever stored", async () => {
  expect(await removeOldFiles(join(tempDir(), "none"), Date.now(), () => false)).toBe(0);
});

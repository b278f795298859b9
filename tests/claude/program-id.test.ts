import { mkdirSync, renameSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { programId } from "../../src/claude/program-id.ts";
import { tempDir } from "../support/temp-dir.ts";

test("a program that was replaced, or whose link was moved, is another one", () => {
  const dir = tempDir();
  for (const version of ["1", "2"]) {
    mkdirSync(join(dir, version));
    writeFileSync(join(dir, version, "claude"), `version ${version}`);
  }
  const link = join(dir, "claude");
  symlinkSync(join(dir, "1", "claude"), link);
  const first = programId(link);
  expect(programId(link)).toBe(first);

  symlinkSync(join(dir, "2", "claude"), join(dir, "moved"));
  renameSync(join(dir, "moved"), link);
  const second = programId(link);
  expect(second).not.toBe(first);

  writeFileSync(join(dir, "new"), "version 3");
  renameSync(join(dir, "new"), join(dir, "2", "claude"));
  expect(programId(link)).not.toBe(second);
  expect(programId(join(dir, "gone"))).toBe("");
});

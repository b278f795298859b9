import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { expectNotKept } from "./planted-token.ts";

/** A fresh directory that is gone after the test, or when `atEnd` says. */
export function tempDir(atEnd: (end: () => void) => void = onTestFinished): string {
  const dir = mkdtempSync(join(tmpdir(), "claude-coord-test-"));
  atEnd(() => {
    try {
      if (existsSync(dir)) expectNotKept(dir);
    } finally {
      rmSync(dir, { recursive: true, force: true });
    }
  });
  return dir;
}

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";

/** A fresh directory that is gone after the test, or when `atEnd` says. */
export function tempDir(atEnd: (end: () => void) => void = onTestFinished): string {
  const dir = mkdtempSync(join(tmpdir(), "claude-coord-test-"));
  atEnd(() => rmSync(dir, { recursive: true, force: true }));
  return dir;
}

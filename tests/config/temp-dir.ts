import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";

/** A new folder that goes away with the test that asked for it. */
export function tempDir(): string {
  const dir = mkdtempSync(join(tmpdir(), "claude-coord-config-"));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  return dir;
}

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Manager, UNIT } from "./manager.ts";

export interface UnitCheck {
  /** What `systemd-analyze verify` prints; empty for a unit in order. */
  readonly problems: string;
  /** `1.7 OK`; undefined where it can't be told. */
  readonly exposure: string | undefined;
}

/** Has systemd judge a unit's text before it is installed. */
export async function checkUnit(manager: Manager, text: string): Promise<UnitCheck> {
  const directory = mkdtempSync(join(tmpdir(), "claude-coord-unit-"));
  try {
    const file = join(directory, UNIT);
    writeFileSync(file, text);
    const scope = manager.isSystem ? [] : ["--user"];
    // Else it exits with 0 whatever it finds, and also complains of other units.
    const strict = ["--man=no", "--recursive-errors=no"];
    const verified = await manager.run("systemd-analyze", [...scope, "verify", ...strict, file]);
    const rated = await manager.run("systemd-analyze", ["security", "--offline=true", "--no-pager", file]);
    return {
      problems: verified.code === 0 ? "" : `${verified.stdout}${verified.stderr}`.trim(),
      exposure: /exposure level for .*?: ([\d.]+ \w+)/.exec(rated.stdout)?.[1],
    };
  } finally {
    rmSync(directory, { recursive: true });
  }
}

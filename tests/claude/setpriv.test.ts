import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { findSetpriv } from "../../src/claude/setpriv.ts";

test.for([
  ["knows the flag", "exit 0", true],
  ["does not know the flag, as BusyBox's", "echo unrecognized option: pdeathsig >&2; exit 1", false],
] as const)("a setpriv that %s is used: %s", async ([, script, isUsed]) => {
  const directory = await mkdtemp(join(tmpdir(), "claude-coord-"));
  onTestFinished(() => rm(directory, { recursive: true }));
  const setpriv = join(directory, "setpriv");
  await writeFile(setpriv, `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  expect(await findSetpriv(directory)).toBe(isUsed ? setpriv : undefined);
});

test("without a setpriv, none is used", async () => {
  expect(await findSetpriv("/no/such/directory")).toBeUndefined();
});

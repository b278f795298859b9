import { chmod, mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { findExecutable } from "../../src/claude/executable.ts";

async function directories() {
  const root = await mkdtemp(join(tmpdir(), "claude-coord-"));
  onTestFinished(() => rm(root, { recursive: true }));
  const first = join(root, "first");
  const second = join(root, "second");
  await Promise.all([mkdir(first), mkdir(second)]);
  return { first, second, path: `${first}:${second}` };
}

test("the first executable on the path counts; files that can't be executed and directories don't", async () => {
  const { first, second, path } = await directories();
  await mkdir(join(first, "claude"));
  await writeFile(join(second, "claude"), "", { mode: 0o644 });
  expect(await findExecutable("claude", path)).toBeUndefined();
  await chmod(join(second, "claude"), 0o755);
  expect(await findExecutable("claude", path)).toBe(join(second, "claude"));
});

test("a link counts when what it points to does", async () => {
  const { first, second, path } = await directories();
  await symlink(join(second, "target"), join(first, "claude"));
  expect(await findExecutable("claude", path)).toBeUndefined();
  await writeFile(join(second, "target"), "", { mode: 0o755 });
  expect(await findExecutable("claude", path)).toBe(join(first, "claude"));
});

test("a path is taken as it is, and relative entries of the search path never count", async () => {
  const { first } = await directories();
  await writeFile(join(first, "claude"), "", { mode: 0o755 });
  expect(await findExecutable(join(first, "claude"), "")).toBe(join(first, "claude"));
  expect(await findExecutable("package.json", ".:")).toBeUndefined();
  expect(await findExecutable("", first)).toBeUndefined();
});

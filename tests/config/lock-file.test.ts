import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { withLockFile } from "../../src/config/lock-file.ts";
import { tempDir } from "./temp-dir.ts";

const lockFile = new URL("../../src/config/lock-file.ts", import.meta.url).href;

/** A process that takes the lock, runs `work` and ends. */
function holder(path: string, work: string) {
  const script = `import fs from "node:fs";
    import { withLockFile } from ${JSON.stringify(lockFile)};
    await withLockFile(${JSON.stringify(path)}, () => { ${work} }, 20000);`;
  const child = spawn(process.execPath, ["--input-type=module", "--no-warnings", "-e", script], {
    stdio: "inherit",
  });
  onTestFinished(() => void child.kill("SIGKILL"));
  return { child, ended: once(child, "exit") };
}

/** Keeps a process inside its work for ever. */
const HANG = "Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);";

test("a lock that a killed process left behind is taken over", async () => {
  const path = join(tempDir(), "lock");
  const { child, ended } = holder(path, HANG);
  await expect.poll(() => existsSync(path), { timeout: 10_000 }).toBe(true);
  child.kill("SIGKILL");
  await ended;
  expect(existsSync(path)).toBe(true);
  expect(await withLockFile(path, () => "mine")).toBe("mine");
  expect(existsSync(path)).toBe(false);
});

test("a lock that a living process holds is respected", async () => {
  const path = join(tempDir(), "lock");
  const { child, ended } = holder(path, HANG);
  await expect.poll(() => existsSync(path), { timeout: 10_000 }).toBe(true);
  const content = readFileSync(path, "utf8");
  await expect(withLockFile(path, () => "mine", 50)).rejects.toMatchObject({ code: "already_running" });
  expect(readFileSync(path, "utf8")).toBe(content);
  child.kill("SIGKILL");
  await ended;
});

test("a lock of another container is taken over only once it is old", async () => {
  const path = join(tempDir(), "lock");
  writeFileSync(path, "pid:[1] 1 1 x\n");
  await expect(withLockFile(path, () => "mine", 50)).rejects.toMatchObject({ code: "already_running" });
  const old = new Date(Date.now() - 61_000);
  utimesSync(path, old, old);
  expect(await withLockFile(path, () => "mine")).toBe("mine");
});

test("processes that find the same dead holder still go one after the other", async () => {
  const dir = tempDir();
  const path = join(dir, "lock");
  const counter = join(dir, "counter");
  writeFileSync(counter, "0");
  const dead = holder(
    path,
    "process.kill(process.pid, 'SIGKILL'); Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);",
  );
  await dead.ended;
  const work = `const n = Number(fs.readFileSync(${JSON.stringify(counter)}, "utf8"));
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 30);
    fs.writeFileSync(${JSON.stringify(counter)}, String(n + 1));`;
  const exits = await Promise.all([1, 2, 3, 4].map(() => holder(path, work).ended));
  expect(exits.map(([code]) => code)).toEqual([0, 0, 0, 0]);
  expect(readFileSync(counter, "utf8")).toBe("4");
});

test("the lock is released when the work throws", async () => {
  const path = join(tempDir(), "lock");
  const failing = withLockFile(path, () => {
    throw new Error("no");
  });
  await expect(failing).rejects.toThrow("no");
  expect(existsSync(path)).toBe(false);
});

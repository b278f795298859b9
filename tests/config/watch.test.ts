import { renameSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { type ConfigChange, watchConfig } from "../../src/config/watch.ts";
import { tempDir } from "./temp-dir.ts";

const restart = (value: string) => `restart: ${value}\n`;

function watchFile(options: { loadedText?: string } = {}) {
  const dir = tempDir();
  const path = join(dir, "config.yaml");
  writeFileSync(path, restart("ask"));
  const changes: ConfigChange[] = [];
  const watcher = watchConfig({ path, env: { DISCORD_TOKEN: "t" } }, (change) => changes.push(change), {
    pollIntervalMs: 20,
    ...options,
  });
  onTestFinished(() => watcher.stop());
  const said = () =>
    changes.map((change) =>
      change.type === "changed" ? change.config.restart : change.problems[0]?.message,
    );
  return { dir, path, watcher, said };
}

test("a file written in place is read again", async () => {
  const { path, said } = watchFile();
  writeFileSync(path, restart("continue"));
  await expect.poll(said).toEqual(["continue"]);
});

test("a file replaced by another one is read again, each time", async () => {
  const { dir, path, said } = watchFile();
  for (const [index, value] of ["continue", "ask"].entries()) {
    writeFileSync(join(dir, "new"), restart(value));
    renameSync(join(dir, "new"), path);
    await expect.poll(() => said().length).toBe(index + 1);
  }
  expect(said()).toEqual(["continue", "ask"]);
});

test("a bad edit is told with its problems, and a good one after it works", async () => {
  const { path, said } = watchFile();
  writeFileSync(path, restart("perhaps"));
  await expect.poll(said).toEqual(['expected one of ask, continue, found the text "perhaps"']);
  writeFileSync(path, restart("continue"));
  await expect.poll(() => said()[1]).toBe("continue");
});

test("a file that goes away is told, and its return too", async () => {
  const { path, said } = watchFile();
  rmSync(path);
  await expect.poll(said).toEqual(["there is no such file"]);
  writeFileSync(path, restart("continue"));
  await expect.poll(() => said()[1]).toBe("continue");
});

test("a file that was only touched is not told", async () => {
  const { path, said } = watchFile();
  utimesSync(path, new Date(), new Date());
  writeFileSync(path, restart("ask"));
  writeFileSync(path, restart("continue"));
  await expect.poll(said).toEqual(["continue"]);
});

test("a change between loading and watching is told", async () => {
  const { said } = watchFile({ loadedText: restart("continue") });
  await expect.poll(said).toEqual(["ask"]);
});

test("nothing is told once it is stopped", async () => {
  const { path, watcher, said } = watchFile();
  watcher.stop();
  writeFileSync(path, restart("continue"));
  // Another watcher of the same file has had its say by then.
  const others: ConfigChange[] = [];
  const other = watchConfig({ path, env: { DISCORD_TOKEN: "t" } }, (change) => others.push(change), {
    loadedText: restart("ask"),
    pollIntervalMs: 20,
  });
  onTestFinished(() => other.stop());
  await expect.poll(() => others.length).toBe(1);
  expect(said()).toEqual([]);
});

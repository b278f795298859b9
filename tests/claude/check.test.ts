import { mkdir, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { claudeBench, fixtureAgent } from "../support/claude-bench.ts";

test("a CLI newer than tested is taken, with a warning that names both versions", async () => {
  const command = fixtureAgent("is-from-the-future");
  const bench = await claudeBench({ command });
  const check = await bench.claude.check();
  expect(check).toMatchObject({ executable: command, version: "2.9.0", damagedConfig: undefined });
  expect(check.warnings).toEqual([expect.stringMatching(/2\.9\.0.*2\.1\.\d+/)]);
});

test("a CLI that is too old is refused with the command that updates it", async () => {
  const bench = await claudeBench({ command: fixtureAgent("is-too-old") });
  await expect(bench.claude.check()).rejects.toMatchObject({
    code: "claude_too_old",
    message: expect.stringMatching(/2\.0\.76.*npm install -g @anthropic-ai\/claude-code@latest/),
  });
});

test.for(["is-no-claude", "exits-3"])("a program that is no Claude Code is refused (%s)", async (fixture) => {
  const bench = await claudeBench({ command: fixtureAgent(fixture) });
  await expect(bench.claude.check()).rejects.toMatchObject({
    code: "claude_missing",
    message: expect.stringContaining("npm install"),
  });
});

test("a command that is nowhere is told with where it was looked for", async () => {
  const bench = await claudeBench({ command: "no-such-claude", path: "/usr/bin:/bin" });
  await expect(bench.claude.check()).rejects.toMatchObject({
    code: "claude_missing",
    message: expect.stringMatching(/"no-such-claude" in \/usr\/bin:\/bin/),
  });
});

test("a home that can't be written to is refused: conversations would have no memory", async () => {
  const file = fixtureAgent("is-from-the-future");
  const bench = await claudeBench({ command: file, home: file });
  await expect(bench.claude.check()).rejects.toMatchObject({ code: "home_unwritable" });
});

test("a config directory that can't be written to is refused, and named", async () => {
  const file = fixtureAgent("is-from-the-future");
  const bench = await claudeBench({ command: file, extraEnv: { CLAUDE_CONFIG_DIR: join(file, "claude") } });
  await expect(bench.claude.check()).rejects.toMatchObject({
    code: "home_unwritable",
    message: expect.stringContaining(join(file, "claude")),
  });
});

test("the look leaves nothing behind", async () => {
  const bench = await claudeBench({ command: fixtureAgent("is-from-the-future") });
  await bench.claude.check();
  expect(await readdir(join(bench.home, ".claude"))).toEqual([]);
});

test("a damaged .claude.json is told with the newest backup, by the look and by a start", async () => {
  const bench = await claudeBench({ command: fixtureAgent("is-from-the-future") });
  const backups = join(bench.home, ".claude/backups");
  await mkdir(backups, { recursive: true });
  await writeFile(join(bench.home, ".claude.json"), '{"numStartups": 1');
  for (const time of [900, 1700, 1100]) await writeFile(join(backups, `.claude.json.backup.${time}`), "{}");
  const newest = join(backups, ".claude.json.backup.1700");
  expect((await bench.claude.check()).damagedConfig).toEqual({
    file: join(bench.home, ".claude.json"),
    newestBackup: newest,
  });
  const { failure } = await bench.start().until("exited");
  expect(failure).toMatchObject({ code: "claude_config_damaged", detail: expect.stringContaining(newest) });
});

test("a damaged config without a backup is told so", async () => {
  const bench = await claudeBench({ command: fixtureAgent("is-from-the-future") });
  await writeFile(join(bench.home, ".claude.json"), "");
  expect((await bench.claude.check()).damagedConfig?.newestBackup).toBeUndefined();
});

test.for(["is-no-claude", "exits-3", "no-such-claude"])(
  "a program that knows no login tells nothing of one (%s)",
  async (name) => {
    const bench = await claudeBench({ command: fixtureAgent(name) });
    expect(await bench.claude.login()).toBeUndefined();
  },
);

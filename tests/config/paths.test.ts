import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { findPaths } from "../../src/config/paths.ts";
import { tempDir } from "./temp-dir.ts";

test("everything lives in ~/.claude-coordinator", () => {
  const HOME = tempDir();
  const home = join(HOME, ".claude-coordinator");
  expect(findPaths({ env: { HOME }, oldConfig: join(HOME, "none") })).toEqual({
    home,
    config: join(home, "config.yaml"),
    database: join(home, "sessions.db"),
    files: join(home, "files"),
    audit: join(home, "logs", "audit.jsonl"),
    log: join(home, "logs", "bot.log"),
    lock: join(home, "sessions.lock"),
    worktrees: join(home, "worktrees"),
  });
});

test("the flag goes before CONFIG_PATH, that before CLAUDE_COORD_HOME, that before the home", () => {
  const env = { HOME: "/home/bot", CLAUDE_COORD_HOME: "~/coord", CONFIG_PATH: "~/other.yaml" };
  expect(findPaths({ env, configFlag: "/flag.yaml" }).config).toBe("/flag.yaml");
  expect(findPaths({ env }).config).toBe("/home/bot/other.yaml");
  expect(findPaths({ env: { ...env, CONFIG_PATH: "" } }).config).toBe("/home/bot/coord/config.yaml");
});

test("the database stays in the home, wherever the configuration is", () => {
  const env = { HOME: "/home/bot", CONFIG_PATH: "/etc/coord.yaml" };
  expect(findPaths({ env }).database).toBe("/home/bot/.claude-coordinator/sessions.db");
});

test("the old guide's place is used only when there is nothing in the home", () => {
  const HOME = tempDir();
  const home = join(HOME, ".claude-coordinator");
  const oldConfig = join(HOME, "old.yaml");
  writeFileSync(oldConfig, "");
  expect(findPaths({ env: { HOME }, oldConfig })).toMatchObject({ home, config: oldConfig });
  expect(findPaths({ env: { HOME, CLAUDE_COORD_HOME: home }, oldConfig }).config).toBe(
    join(home, "config.yaml"),
  );
  mkdirSync(home);
  writeFileSync(join(home, "config.yaml"), "");
  expect(findPaths({ env: { HOME }, oldConfig }).config).toBe(join(home, "config.yaml"));
});

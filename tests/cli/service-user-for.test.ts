import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { serviceUserFor } from "../../src/cli/service-user-for.ts";
import { tempDir } from "../support/temp-dir.ts";

function machine() {
  const HOME = tempDir();
  const unit = join(tempDir(), "claude-coord.service");
  writeFileSync(unit, "[Service]\nUser=discord-bot\n");
  const user = (words: string[], { env = {}, userId = 0 }: { env?: object; userId?: number } = {}) =>
    serviceUserFor(words, { HOME, ...env }, userId, unit);
  return { HOME, user };
}

test("root's commands about the bot are the service's user's", () => {
  const { user } = machine();
  expect(user(["status"])).toBe("discord-bot");
  expect(user(["project", "add", "web"])).toBe("discord-bot");
});

test("what root does to the machine, and what others do, stays theirs", () => {
  const { user } = machine();
  expect(user(["service", "install"])).toBeUndefined();
  expect(user(["upgrade"])).toBeUndefined();
  expect(user(["init"])).toBeUndefined();
  expect(user([])).toBeUndefined();
  expect(user(["status"], { userId: 1000 })).toBeUndefined();
});

test("root's own bot, and one that is named, is the one that is meant", () => {
  const { HOME, user } = machine();
  expect(user(["status", "--config", "/x/config.yaml"])).toBeUndefined();
  expect(user(["status", "--config=/x/config.yaml"])).toBeUndefined();
  expect(user(["status"], { env: { CLAUDE_COORD_HOME: "/x" } })).toBeUndefined();
  expect(user(["status"], { env: { CONFIG_PATH: "/x/config.yaml" } })).toBeUndefined();
  mkdirSync(join(HOME, ".claude-coordinator"));
  writeFileSync(join(HOME, ".claude-coordinator/config.yaml"), "");
  expect(user(["status"])).toBeUndefined();
});

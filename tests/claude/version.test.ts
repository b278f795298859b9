import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import {
  judgeVersion,
  NEWEST_TESTED_VERSION,
  OLDEST_VERSION,
  parseVersion,
} from "../../src/claude/version.ts";

test.for([
  ["2.1.330 (Claude Code)", "2.1.330"],
  ["warning: node 18\n2.1.7\n", "2.1.7"],
  ["command not found", undefined],
] as const)("%j tells the version %s", ([output, version]) => {
  expect(parseVersion(output)).toBe(version);
});

test.for([
  ["1.9.999", "too_old"],
  ["2.0.76", "too_old"],
  ["2.1.299", "too_old"],
  [OLDEST_VERSION, "tested"],
  [NEWEST_TESTED_VERSION, "tested"],
  ["2.1.1000", "newer_than_tested"],
  ["2.10.0", "newer_than_tested"],
  ["3.0.0", "newer_than_tested"],
] as const)("%s is %s", ([version, judgement]) => {
  expect(judgeVersion(version)).toBe(judgement);
});

test("the newest tested version is the one that the tests run with", async () => {
  const manifest = JSON.parse(await readFile("package.json", "utf8"));
  expect(manifest.devDependencies["@anthropic-ai/claude-code"]).toBe(NEWEST_TESTED_VERSION);
});

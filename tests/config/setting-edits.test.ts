import { expect, test } from "vitest";
import { settingSet } from "../../src/config/setting-edits.ts";

const names = new Map([["222222222222222222", "ann"]]);

test.each([
  [
    "a new section at the end",
    "a: 1 # one\n",
    ["discord", "token"],
    "x",
    "a: 1 # one\ndiscord:\n  token: x\n",
  ],
  [
    "a text in its place",
    "discord:\n  token: old # mine\n",
    ["discord", "token"],
    "new",
    "discord:\n  token: new # mine\n",
  ],
  [
    "a key beside others",
    "discord: # here\n  token: old\nprojects: []\n",
    ["discord", "api_url"],
    "http://127.0.0.1/api",
    "discord: # here\n  token: old\n  api_url: http://127.0.0.1/api\nprojects: []\n",
  ],
  [
    "a deep key",
    "claude:\n  command: claude\nedits: ignore\n",
    ["claude", "env", "KEY"],
    "x",
    "claude:\n  command: claude\n  env:\n    KEY: x\nedits: ignore\n",
  ],
  ["a section that goes", "access: everyone\nedits: ignore\n", ["access"], undefined, "edits: ignore\n"],
  [
    "ids with their names",
    "access: everyone\nedits: ignore # so\n",
    ["access"],
    { users: ["222222222222222222"] },
    'access:\n  users:\n    - "222222222222222222" # ann\nedits: ignore # so\n',
  ],
  [
    "one more in a list with comments",
    'access:\n  # us\n  users:\n    - "111111111111111111" # me\n',
    ["access"],
    { users: ["111111111111111111", "222222222222222222"] },
    'access:\n  # us\n  users:\n    - "111111111111111111" # me\n    - "222222222222222222" # ann\n',
  ],
  [
    "one less in a list with comments",
    'access:\n  users:\n    - "111111111111111111" # me\n    - "222222222222222222"\n  roles: ["333333333333333333"]\n',
    ["access"],
    { users: ["111111111111111111"] },
    'access:\n  users:\n    - "111111111111111111" # me\n',
  ],
  ["nothing where it is so already", "access:   everyone\n", ["access"], "everyone", "access:   everyone\n"],
] as const)("writes %s", (_what, before, path, value, after) => {
  expect(settingSet(before, path, value, names)).toBe(after);
});

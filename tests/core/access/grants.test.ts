import { describe, expect, test } from "vitest";
import { askAgainRules, grantOf, NO_GRANTS } from "../../../src/core/access/grants.ts";

const RULE = {
  type: "addRules",
  rules: [{ toolName: "Bash", ruleContent: "touch proj2/x.txt" }],
  behavior: "allow",
  destination: "localSettings",
};
const DIRECTORY = { type: "addDirectories", directories: ["proj2"], destination: "session" };
const MODE = { type: "setMode", mode: "acceptEdits", destination: "session" };

describe("what 'always in this session' would allow", () => {
  test("the suggested rules and directories, for this session and nowhere else", () => {
    expect(grantOf([RULE, DIRECTORY, MODE])).toEqual({
      rules: ["Bash(touch proj2/x.txt)"],
      directories: ["proj2"],
      acceptsEdits: false,
      updates: [{ ...RULE, destination: "session" }, DIRECTORY],
    });
  });

  test("edits where no rule is suggested", () => {
    expect(grantOf([MODE])).toMatchObject({ rules: [], acceptsEdits: true, updates: [MODE] });
    expect(grantOf([DIRECTORY, MODE])).toMatchObject({ directories: ["proj2"], acceptsEdits: true });
  });

  test("a rule for a whole tool", () => {
    expect(grantOf([{ ...RULE, rules: [{ toolName: "WebSearch" }] }])?.rules).toEqual(["WebSearch"]);
  });

  test.each([
    [[]],
    [[{ type: "setMode", mode: "bypassPermissions" }]],
    [[{ ...RULE, behavior: "deny" }]],
    [[null, 7, { type: "somethingNew" }]],
  ])("nothing where nothing fit is suggested: %j", (suggestions) => {
    expect(grantOf(suggestions)).toBeUndefined();
  });
});

test("what is taken back is named by rules: directories by what can be done in them", () => {
  const grants = { ...NO_GRANTS, rules: ["Bash(rm *)"], directories: ["lib", "/srv/other"] };
  expect(askAgainRules(grants, "/srv/web")).toEqual([
    "Bash(rm *)",
    "Read(//srv/web/lib/**)",
    "Edit(//srv/web/lib/**)",
    "Read(//srv/other/**)",
    "Edit(//srv/other/**)",
  ]);
});

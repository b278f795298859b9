import { expect, test } from "vitest";
import { toolLine } from "../../../src/discord/reply/tool-line.ts";

test.each<[string, Record<string, unknown>, string]>([
  ["Bash", { command: "npm test" }, "Bash `npm test`"],
  ["Bash", { command: "cat <<EOF\n  a `b` c\nEOF" }, "Bash `cat <<EOF a ˋbˋ c EOF`"],
  ["Read", { file_path: "/opt/app/src/x.ts" }, "Read `src/x.ts`"],
  ["Read", { file_path: "/etc/hosts" }, "Read `/etc/hosts`"],
  [
    "Edit",
    { file_path: "/opt/app/a.ts", old_string: "a\nb\nc", new_string: "a\nx\ny\nz\nc" },
    "Edit `a.ts` +3 -1",
  ],
  ["Edit", { file_path: "/opt/app/a.ts", old_string: "a\n", new_string: "" }, "Edit `a.ts` +0 -1"],
  ["Write", { file_path: "/opt/app/new.md", content: "x" }, "Write `new.md`"],
  ["NotebookEdit", { notebook_path: "/opt/app/n.ipynb" }, "NotebookEdit `n.ipynb`"],
  ["WebFetch", { url: "https://example.com/a/b?c", prompt: "?" }, "WebFetch `example.com`"],
  ["WebSearch", { query: "discord limits" }, "WebSearch `discord limits`"],
  ["Grep", { pattern: "TODO|FIXME" }, "Grep `TODO|FIXME`"],
  ["Glob", { pattern: "**/*.ts" }, "Glob `**/*.ts`"],
  ["mcp__git_hub__create_issue", { title: "x" }, "git\\_hub: create\\_issue"],
  ["ExitPlanMode", {}, "ExitPlanMode"],
  ["constructor", {}, "constructor"],
  ["Bash", {}, "Bash"],
  ["Bash", { command: 7 }, "Bash"],
])("%s with %j is shown as %s", (name, input, shown) => {
  expect(toolLine(name, input, "/opt/app")).toBe(shown);
});

test("a long command is cut to a phone's line, at its end and between characters", () => {
  for (let before = 40; before < 60; before++) {
    const line = toolLine("Bash", { command: `${"x".repeat(before)}${"😀".repeat(20)}` });
    expect(line.length).toBeLessThanOrEqual(60);
    expect(line.isWellFormed()).toBe(true);
    expect(line.endsWith("…`")).toBe(true);
  }
});

test("a long path is cut at its beginning, between directories", () => {
  const path = `/opt/app/${"directory/".repeat(10)}file.ts`;
  const line = toolLine("Edit", { file_path: path, old_string: "a", new_string: "b" }, "/opt/app");
  expect(line).toMatch(/^Edit `…\/directory\/.*\/file\.ts` \+1 -1$/);
  expect(line.length).toBeLessThanOrEqual(60);
});

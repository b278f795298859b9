import { expect, test } from "vitest";
import { afterCrash, mayWrite } from "../../../src/core/turns/recovery.ts";

test.each([
  [{ crashes: 1, openTool: undefined }, "ask", "continue"],
  [{ crashes: 1, openTool: "Bash rm x" }, "ask", "ask"],
  [{ crashes: 1, openTool: "Bash rm x" }, "continue", "continue"],
  [{ crashes: 2, openTool: undefined }, "continue", "give_up"],
  [{ crashes: 2, openTool: "Bash rm x" }, "ask", "give_up"],
] as const)("a turn with %o under %s: %s", (turn, policy, fate) => {
  expect(afterCrash(turn, policy)).toBe(fate);
});

test("a tool that was never heard of may write", () => {
  expect(mayWrite("Read")).toBe(false);
  expect(mayWrite("Bash")).toBe(true);
  expect(mayWrite("mcp__shop__order")).toBe(true);
});

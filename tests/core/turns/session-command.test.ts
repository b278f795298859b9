import { expect, test } from "vitest";
import { sessionCommandOf, silentAnswer } from "../../../src/core/turns/session-command.ts";

test("only a turn that no message made can be a command", () => {
  expect(sessionCommandOf({ messageId: undefined, prompt: "/compact" })).toBe("/compact");
  expect(sessionCommandOf({ messageId: "1", prompt: "/compact" })).toBeUndefined();
  expect(sessionCommandOf({ messageId: undefined, prompt: "/clear" })).toBeUndefined();
  expect(sessionCommandOf({ messageId: undefined, prompt: "" })).toBeUndefined();
});

test("a silent compaction is said to be done, and nothing else is", () => {
  expect(silentAnswer({ messageId: undefined, prompt: "/compact" })).toContain("compacted");
  expect(silentAnswer({ messageId: "1", prompt: "/compact" })).toBe("");
  expect(silentAnswer({ messageId: undefined, prompt: "/usage" })).toBe("");
});

import { expect, test } from "vitest";
import { userLine } from "../../src/claude/user-line.ts";

test("what people write is never taken for a command or a file, whatever it begins with", () => {
  const line = userLine("t1", [{ type: "text", text: "/compact @/etc/passwd" }]);
  expect(line).toMatchObject({
    client_composed: true,
    message: { content: [{ text: "/compact @/etc/passwd" }] },
  });
});

test("a command of ours is the whole message, and taken as a command", () => {
  const line = userLine("t1", [{ type: "command", text: "/compact" }]);
  expect(line.message.content).toBe("/compact");
  expect(line).not.toHaveProperty("client_composed");
});

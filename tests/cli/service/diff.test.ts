import fc from "fast-check";
import { expect, test } from "vitest";
import { changedLines, diffLines } from "../../../src/cli/service/diff.ts";

test("a change shows with two lines around it, the rest as one sign", () => {
  const before = ["a", "b", "c", "d", "e", "f", "g"].join("\n");
  expect(changedLines(diffLines(before, before.replace("f", "F\nG")))).toEqual([
    "…",
    "  d",
    "  e",
    "- f",
    "+ F",
    "+ G",
    "  g",
  ]);
});

test("both texts can be read out of any diff", () => {
  const text = fc.array(fc.constantFrom("a", "b", "c", ""), { maxLength: 12 }).map((all) => all.join("\n"));
  fc.assert(
    fc.property(text, text, (before, after) => {
      const lines = diffLines(before, after);
      const side = (sign: string) =>
        lines.filter((line) => line.startsWith("  ") || line.startsWith(sign)).map((line) => line.slice(2));
      expect(side("- ").join("\n")).toBe(before);
      expect(side("+ ").join("\n")).toBe(after);
    }),
  );
});

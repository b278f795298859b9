import fc from "fast-check";
import { expect, test } from "vitest";
import { tableLines } from "../../src/cli/table.ts";

const columns = [
  { title: "NAME", value: ({ name }: { name: string; count: number }) => name },
  { title: "COUNT", value: ({ count }: { count: number }) => String(count), align: "right" as const },
];

test("columns are as wide as their longest cell, and numbers end in one line", () => {
  const rows = [
    { name: "a", count: 5 },
    { name: "longer", count: 1234567 },
  ];
  expect(tableLines(columns, rows, Number.POSITIVE_INFINITY)).toEqual([
    "NAME      COUNT",
    "a             5",
    "longer  1234567",
  ]);
});

test("where the terminal is narrow the widest column is cut, and no sign is halved", () => {
  const rows = [{ name: "abcdefghijk🙂lmnop", count: 1 }];
  expect(tableLines(columns, rows, 20)).toEqual(["NAME           COUNT", "abcdefghijk…       1"]);
});

test("what is of no use in parts is never cut", () => {
  const ids = [{ title: "ID", value: ({ id }: { id: string }) => id, whole: true as const }];
  expect(tableLines(ids, [{ id: "123456789012345678" }], 10)[1]).toBe("123456789012345678");
});

test("a cell of several lines stays in its row", () => {
  expect(tableLines(columns, [{ name: "two\n  lines", count: 1 }], 40)[1]).toBe("two lines      1");
});

test("whatever comes later and is wider, all rows stand in the same columns, and a narrow terminal cuts them alike", () => {
  const row = fc.record({ name: fc.string({ unit: "grapheme" }), count: fc.nat() });
  fc.assert(
    fc.property(fc.array(row), fc.integer({ min: 24, max: 60 }), (rows, width) => {
      const lines = tableLines(columns, rows, width);
      // The widest first: then every line is laid out once, with all that is known.
      const byWidth = rows.toSorted((a, b) => b.name.length - a.name.length);
      expect(lines.toSorted()).toEqual(tableLines(columns, byWidth, width).toSorted());
      const ends = new Set(lines.map(({ length }) => length));
      expect(ends.size).toBe(1);
      expect(Math.max(...ends)).toBeLessThanOrEqual(width);
    }),
  );
});

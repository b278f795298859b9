import fc from "fast-check";
import { expect, test } from "vitest";
import { createLineReader } from "../../src/claude/line-reader.ts";

function read(chunks: readonly Buffer[], maxLineBytes = 1000) {
  const lines: string[] = [];
  let oversized = 0;
  const reader = createLineReader({
    maxLineBytes,
    onLine: (line) => lines.push(line),
    onOversized: () => {
      oversized += 1;
    },
  });
  for (const chunk of chunks) reader.push(chunk);
  return { lines, oversized };
}

test("lines come out whole, however the bytes are cut, also inside a character", () => {
  const line = fc
    .string({ unit: "grapheme", minLength: 1 })
    .filter((text) => !/\n/.test(text) && text.trim() !== "");
  fc.assert(
    fc.property(fc.array(line), fc.integer({ min: 1, max: 9 }), (lines, size) => {
      const bytes = Buffer.from(lines.map((text) => `${text}\n`).join(""));
      const chunks: Buffer[] = [];
      for (let start = 0; start < bytes.length; start += size)
        chunks.push(bytes.subarray(start, start + size));
      expect(read(chunks, 10_000).lines).toEqual(lines);
    }),
  );
});

test("a line over the limit is thrown away and told once; the lines around it come through", () => {
  const long = Buffer.alloc(600, "x");
  const chunks = [Buffer.from("before\n"), long, long, long, Buffer.from("\nafter\n")];
  expect(read(chunks)).toEqual({ lines: ["before", "after"], oversized: 1 });
});

test("a line of exactly the limit is a line", () => {
  const longest = "x".repeat(1000);
  expect(read([Buffer.from(`${longest}\n`)])).toEqual({ lines: [longest], oversized: 0 });
});

test("a last line without its newline, and empty lines, are no lines", () => {
  expect(read([Buffer.from('\n  \n{"type":"res')])).toEqual({ lines: [], oversized: 0 });
});

import { expect, test } from "vitest";
import { readInline } from "../../../src/discord/reply/inline.ts";
import { inlinePieces } from "../../../src/discord/reply/inline-pieces.ts";

const sentence = "Here **bold words** stand beside `a bit of code` and [a link](https://example.com/a). ";
const pieces = (text: string) =>
  inlinePieces(text, readInline).map(({ start, end }) => text.slice(start, end));

test("a long paragraph is read in pieces, and nothing in it is torn", () => {
  const read = pieces(sentence.repeat(300));
  expect(read.length).toBeGreaterThan(5);
  expect(read.join("")).toBe(sentence.repeat(300));
  for (const piece of read) expect(piece).toMatch(/^Here .*\. $/s);
});

test("a pair whose halves are a message apart is one", () => {
  const text = `${sentence.repeat(30)}**${"x ".repeat(900)}end** ${sentence.repeat(30)}`;
  for (const piece of pieces(text)) expect(piece.split("**").length % 2).toBe(1);
});

test("of a text that grows only the last piece changes", () => {
  const text = `a * stray sign and \`${sentence.repeat(200)}`;
  for (let end = 6_000; end < text.length; end += 777) {
    const before = pieces(text.slice(0, end));
    expect(pieces(text.slice(0, end + 777)).slice(0, before.length - 1)).toEqual(before.slice(0, -1));
  }
});

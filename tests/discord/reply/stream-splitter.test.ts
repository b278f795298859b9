import { expect, test } from "vitest";
import { splitMessage } from "../../../src/discord/reply/split-message.ts";
import { createStreamSplitter } from "../../../src/discord/reply/stream-splitter.ts";

const paragraphs = Array.from({ length: 60 }, (_, index) =>
  `Paragraph ${index} says what it says. `.repeat(6).trim(),
);

test("messages freeze while the answer grows", () => {
  const splitter = createStreamSplitter();
  splitter.append(paragraphs.slice(0, 30).join("\n\n"));
  const before = splitter.parts().slice(0, splitter.frozen());
  expect(before.length).toBeGreaterThan(1);
  splitter.append(`\n\n${paragraphs.slice(30).join("\n\n")}`);
  expect(splitter.parts().slice(0, before.length)).toEqual(before);
  expect(splitter.parts()).toEqual(splitMessage(paragraphs.join("\n\n")));
});

test("a text that continues the last one is appended, any other starts anew", () => {
  const splitter = createStreamSplitter();
  splitter.replace("One");
  splitter.replace("One and two");
  expect(splitter.parts()).toEqual(["One and two"]);
  splitter.replace("Three");
  expect(splitter.parts()).toEqual(["Three"]);
  expect(splitter.frozen()).toBe(0);
});

test("line endings and characters that come in two halves are whole in the end", () => {
  const splitter = createStreamSplitter();
  for (const piece of ["a\r", "\nb \ud83d", "\ude00"]) {
    splitter.append(piece);
    expect(splitter.parts().every((part) => part.isWellFormed())).toBe(true);
  }
  expect(splitter.parts()).toEqual(["a\nb 😀"]);
});

test("a table that grows too wide for a phone turns into a list", () => {
  const splitter = createStreamSplitter();
  splitter.append("| a | b |\n|---|---|\n| 1 | 2 |\n");
  expect(splitter.parts()[0]).toContain("```");
  splitter.append(`| 3 | ${"wide ".repeat(10)}|\n`);
  expect(splitter.parts()[0]).toMatch(/^- \*\*1\*\* · b: 2\n- \*\*3\*\*/);
});

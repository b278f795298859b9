import { expect, test } from "vitest";
import { blockLines } from "../../../src/discord/reply/blocks.ts";
import { spansOf } from "../../../src/discord/reply/spans.ts";
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

test.each([
  ["one paragraph", "The **daemon** reads `a.yaml` and [says](https://example.com) so. "],
  ["one quote", "> The **daemon** reads `a.yaml`\n"],
  ["one item with items in it", "  - The **daemon** reads `a.yaml`\n"],
  ["one table", "| **daemon** | `a.yaml` |\n"],
])("of %s of 50 kB an edit costs a part of reading the whole", (name, piece) => {
  const head = { "one item with items in it": "- top\n", "one table": "| a | b |\n|---|---|\n" }[name] ?? "";
  const text = head + piece.repeat(50_000 / piece.length);
  const splitter = createStreamSplitter();
  splitter.append(text.slice(0, -10_000));
  splitter.parts();
  const edits = Array.from({ length: 50 }, (_, index) => {
    const at = text.length - 10_000 + index * 200;
    return cpuMs(() => {
      splitter.append(text.slice(at, at + 200));
      splitter.parts();
    });
  });
  expect(splitter.parts()).toEqual(splitMessage(text));
  const whole = cpuMs(() => {
    blockLines(text);
    spansOf(text);
  });
  expect(edits.sort((a, b) => a - b)[25]).toBeLessThan(whole / 4);
});

function cpuMs(work: () => void): number {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

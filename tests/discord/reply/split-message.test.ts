import { describe, expect, test } from "vitest";
import { MESSAGE_LIMIT, splitMessage } from "../../../src/discord/reply/split-message.ts";
import { hardCases } from "../../fixtures/answers/hard-cases.ts";

const FENCE = /^ *```.*$/gm;
const words = (count: number) => Array.from({ length: count }, (_, index) => `word${index}`).join(" ");

describe.each(Object.entries(hardCases))("%s", (_, answer) => {
  const parts = splitMessage(answer);

  test("fits messages that Discord takes", () => {
    for (const part of parts) {
      expect(part.length).toBeLessThanOrEqual(MESSAGE_LIMIT);
      expect(part.trim()).not.toBe("");
      expect(part.isWellFormed()).toBe(true);
    }
    expect(parts.length).toBeLessThanOrEqual(Math.ceil(answer.length / (MESSAGE_LIMIT - 200)) + 1);
  });

  test("has each code block closed where it was opened", () => {
    for (const part of parts) expect((part.match(FENCE) ?? []).length % 2).toBe(0);
  });

  test("loses nothing", () => {
    const bare = (text: string) => text.replace(FENCE, "").replace(/[\s|─-]/g, "");
    expect(bare(parts.join("\n"))).toBe(bare(answer));
  });
});

describe("code", () => {
  test("is opened again with its language", () => {
    const parts = splitMessage(hardCases["a long code block"] ?? "");
    for (const part of parts.slice(1)) expect(part.startsWith("```python\n")).toBe(true);
  });

  test("keeps no more of an info string than Discord understands", () => {
    expect(splitMessage('```ts title="a.ts"\na\n```')).toEqual(["```ts\na\n```"]);
    const parts = splitMessage(hardCases["an absurd info string"] ?? "");
    for (const part of parts) expect(part.startsWith(`\`\`\`${"x".repeat(20)}\n`)).toBe(true);
  });

  test("stays whole in a message of its own when it fits one", () => {
    const block = `\`\`\`ts\n${"const a = 1;\n".repeat(70)}\`\`\``;
    expect(splitMessage(`${words(180)}.\n\n${block}`)).toEqual([`${words(180)}.`, block]);
  });

  test("in fences that Discord doesn't know becomes code that it knows", () => {
    expect(splitMessage("~~~py\na\n~~~")).toEqual(["```py\na\n```"]);
    expect(splitMessage("text\n\n    indented\n    code")).toEqual(["text\n\n```\nindented\ncode\n```"]);
  });

  test("with fences inside does not end at them", () => {
    expect(splitMessage("````md\n```js\na\n```\n````")).toEqual(["```md\n``\u200b`js\na\n``\u200b`\n```"]);
  });

  test("without an end, as while it is being written, is closed", () => {
    expect(splitMessage("So:\n\n```ts\nconst a")).toEqual(["So:\n\n```ts\nconst a\n```"]);
  });

  test("is preferably cut at a blank line", () => {
    const half = (name: string) => `function ${name}() {\n${"  work();\n".repeat(180)}}`;
    const parts = splitMessage(`\`\`\`ts\n${half("a")}\n\n${half("b")}\n\`\`\``);
    expect(parts.map((part) => part.split("\n")[1])).toEqual(["function a() {", "function b() {"]);
  });

  test("in a list keeps its own indentation when its item is in the message before", () => {
    const parts = splitMessage(hardCases["a code block in a list"] ?? "");
    expect(parts[1]?.split("\n").slice(0, 2).join("\n")).toMatch(/^```bash\necho \d+ something$/);
    expect(parts.at(-1)).toContain("\n2. next");
  });

  test("of no lines does not swallow what follows", () => {
    expect(splitMessage("```\n```\n\nafter")).toEqual(["```\n \n```\n\nafter"]);
  });

  test("whose piece in a message begins with an empty line is still a block", () => {
    for (let before = 1900; before < 2000; before++) {
      const [, part] = splitMessage(`- \`\`\`\n  ${"x".repeat(before)}\n\n\n\n  \`\`\`\n- ${words(100)}`);
      expect(part).not.toMatch(/^```\n\n*```/);
    }
  });

  test("in running text never opens a block", () => {
    expect(splitMessage("use ``` to open")).toEqual(["use \\`\\`\\` to open"]);
    expect(splitMessage("use `` ``` `` or ```js``` here")).toEqual(["use ``ˋˋˋ`` or `js` here"]);
  });
});

describe("tables", () => {
  test("that fit a phone become aligned code", () => {
    const table = "| Name | Count |\n|---|--:|\n| **apples** | 3 |\n| 日本 | 12 |";
    expect(splitMessage(table)).toEqual([
      "```\nName    Count\n──────  ─────\napples      3\n日本       12\n```",
    ]);
  });

  test("that are wider become lists", () => {
    const table = `| Option | Meaning | Default |\n|---|---|---|\n| idle | ${words(6)} | 30m |\n| max | \`a \\| b\` | |`;
    expect(splitMessage(table)).toEqual([
      `- **idle**\n  - Meaning: ${words(6)}\n  - Default: 30m\n- **max** · Meaning: \`a | b\``,
    ]);
  });

  test("with links become lists, where links work", () => {
    expect(splitMessage("| a | b |\n|---|---|\n| x | [y](https://example.com) |")).toEqual([
      "- **x** · b: [y](https://example.com)",
    ]);
  });
});

describe("text", () => {
  test("is torn neither inside links, inline code, spoilers nor Discord's own markers", () => {
    const whole = [
      `[${words(12)}](https://example.com/a)`,
      `\`${words(12)}\``,
      `||${words(12)}||`,
      "<@123456789012345678>",
      "<t:1700000000:R>",
      "<a:party:123456789012345678>",
      "</ask claude now:123456789012345678>",
    ];
    for (const piece of whole) {
      for (let before = 1900; before < 2000; before += 7) {
        const parts = splitMessage(`${"w ".repeat(before / 2)}${piece} ${"w ".repeat(500)}`);
        expect(parts.filter((part) => part.includes(piece))).toHaveLength(1);
      }
    }
  });

  test("in bold that no message can hold is closed and opened again", () => {
    const parts = splitMessage(`**${words(500)}**`);
    expect(parts.length).toBeGreaterThan(1);
    for (const part of parts) expect(part).toMatch(/^\*\*word[^*]*\d\*\*$/);
  });

  test("in bold over several lines is not left open at a line's end", () => {
    const parts = splitMessage(`${words(230)}.\n**${words(40)}\n${words(40)}** ${words(100)}`);
    expect(parts.length).toBeGreaterThan(1);
    for (const part of parts) expect((part.match(/\*\*/g) ?? []).length % 2).toBe(0);
  });

  test("in italics is not cut beside a star of its own", () => {
    const [first, second] = splitMessage(`*${"w ".repeat(998)}* ${words(20)}*`);
    expect(first).toMatch(/w\*$/);
    expect(second).toMatch(/^\*w \* word0/);
  });

  test("with a spoiler of one character has no spoiler after it", () => {
    const parts = splitMessage(`||x|| ${words(300)} and so ||on|| it goes.`);
    for (const part of parts) expect((part.match(/\|\|/g) ?? []).length % 2).toBe(0);
    expect(parts[0]?.endsWith("||")).toBe(false);
  });

  test("is cut between sentences rather than inside one", () => {
    const parts = splitMessage("This sentence is here again and again. ".repeat(80).trim());
    for (const part of parts) expect(part).toMatch(/^This[\s\S]*again\.$/);
  });

  test("is cut in the line above where a line begins inside of bold text", () => {
    const sentences = "Seven words stand in this short sentence. ".repeat(27);
    const [first = ""] = splitMessage(`${words(100)}\n\n${sentences}And **this is\n${words(100)}** bold.`);
    expect(first.length).toBeGreaterThan(1800);
    expect(first).toMatch(/sentence\.$/);
  });

  test("keeps a heading with what follows it", () => {
    const parts = splitMessage(`${"w ".repeat(985)}\n\n## Next\n\n${words(60)}.`);
    expect(parts[1]?.startsWith("## Next\n\nword0")).toBe(true);
  });

  test("keeps list items whole", () => {
    const parts = splitMessage(
      Array.from({ length: 40 }, (_, index) => `${index + 1}. ${words(12)}`).join("\n"),
    );
    for (const part of parts) expect(part).toMatch(/^\d+\. .*word11$/s);
  });

  test("of a nested list begins at the margin when its parent is in the message before", () => {
    const parts = splitMessage(
      `- parent\n${Array.from({ length: 60 }, () => `  - ${words(8)}`).join("\n")}\n- last`,
    );
    expect(parts[1]).toMatch(/^- word0.*\n- word0/);
    expect(parts.at(-1)).toMatch(/\n- last$/);
  });

  test("of a quote stays quoted in each message, and lines that lazily belong to it become quoted", () => {
    const parts = splitMessage(`> ${words(600)}`);
    for (const part of parts) expect(part.startsWith("> word")).toBe(true);
    expect(splitMessage("> a\nb")).toEqual(["> a\n> b"]);
    expect(splitMessage(">>> a\n\nb")).toEqual(["> a\n\nb"]);
  });

  test("has the headings that Discord has", () => {
    expect(splitMessage("Title\n===\n\n#### Deep")).toEqual(["# Title\n\n### Deep"]);
  });

  test("may hold link definitions, subtext and HTML that means nothing in a message", () => {
    const text = '<p align="center">\n\nuse the <div> tag\n\n[1]: https://example.com\n\n-# small';
    expect(splitMessage(text)).toEqual([text]);
  });

  test("with nothing to see in it makes no message", () => {
    for (const nothing of ["", " \n\t\n", "\u200b", "\r\n\u200d "]) expect(splitMessage(nothing)).toEqual([]);
  });

  test("with a family or a flag at the edge keeps it whole", () => {
    for (const grapheme of ["👩‍👩‍👧‍👦", "🇩🇪", "e\u0301"]) {
      const parts = splitMessage(`${"x".repeat(1999)}${grapheme}${"y".repeat(10)}`);
      expect(parts[1]?.startsWith(grapheme)).toBe(true);
    }
  });
});

describe("what nobody means", () => {
  test.each([
    ["ten thousand quotes in each other", ">".repeat(10_000)],
    ["ten thousand lists in each other", `${"- ".repeat(10_000)}x`],
    [
      "lists as deep as a text is long",
      Array.from({ length: 150 }, (_, depth) => `${"  ".repeat(depth)}- a`).join("\n"),
    ],
    ["emphasis that never ends", "**a*".repeat(5_000)],
    ["links that never end", "![](".repeat(5_000)],
    ["one grapheme of ten thousand units", `a${"\u0301".repeat(10_000)}`],
    ["a heading of blanks", `#${" ".repeat(20_000)}`],
    ["a rule of ten thousand dashes", "- ".repeat(10_000)],
  ])("is shown all the same, and soon: %s", (_, text) => {
    const before = process.cpuUsage();
    for (const part of splitMessage(text)) expect(part.length).toBeLessThanOrEqual(MESSAGE_LIMIT);
    const { user } = process.cpuUsage(before);
    expect(user / 1000).toBeLessThan(5_000);
  });
});

test("a limit that leaves no room is refused", () => {
  expect(() => splitMessage("a", 99)).toThrow(RangeError);
});

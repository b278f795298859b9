import fc from "fast-check";

/*
 * Random answers: what Claude writes, in any order and size, and now and then what nobody would write.
 */

/** What must never be torn: a message that holds only a part of it shows it as it is written. */
export const ATOMS = [
  "<@123456789012345678>",
  "<@&42>",
  "<#77>",
  "<t:1:R>",
  "<t:1700000000:R>",
  "<a:wave:42>",
  "</ask me:7>",
  "[a link](https://example.com/x?y=z)",
  "[a *title* too](https://example.com/b 'the title')",
  "[paren](https://en.wikipedia.org/wiki/A_(b))",
  `https://example.com/${"long/".repeat(12)}`,
  "<https://example.com/no-preview>",
  "`a b c`",
  "``a ` b``",
] as const;

const COMMON = ["the", "daemon", "reads", "config", "E2E", "naïve", "100", "is", "so", "snake_case", "2 * 3"];
const FOREIGN = [
  "日本語です。",
  "שלום עולם",
  "مرحبا‎",
  "👩‍👩‍👧‍👦",
  "🏳️‍🌈👨🏽‍💻",
  "🇩🇪🇫🇷",
  "é́",
  "x".repeat(70),
  "…",
  "a|b",
];
const NOT_IN_DISCORD = [
  ...["`` ```js ``", "```", "*", "`", "||", "\\*", "\\`", "\\", "\\\n", "&lt;", "@everyone", "#tag", "~5"],
  ...["<br>", "<kbd>K</kbd>", "<b>fat</b>", "<!-- no -->", "<details>", "[^1]", "$x^2$", "$5", "$HOME"],
  ...[
    "![image](a.png)",
    "![](https://example.com/i.png)",
    "[a.ts:4](src/a.ts#L4)",
    "[docs](./docs)",
    "[ref][1]",
  ],
  ...["[https://e.com](https://e.com)", "[![badge](https://e.com/b.svg)](https://e.com)", "[]()", "[x]"],
];

const plainWord = fc.oneof(
  { weight: 12, arbitrary: fc.constantFrom(...COMMON) },
  { weight: 1, arbitrary: fc.constantFrom(...FOREIGN) },
  { weight: 1, arbitrary: fc.constantFrom(...ATOMS) },
);
const anyWord = fc.oneof(
  { weight: 14, arbitrary: plainWord },
  { weight: 2, arbitrary: fc.constantFrom(...NOT_IN_DISCORD) },
);
type Word = typeof anyWord;
const words = (maxLength: number, word: Word = anyWord) =>
  fc.array(word, { minLength: 1, maxLength }).map((each) => each.join(" "));
const inline = (maxLength: number, word: Word = anyWord): fc.Arbitrary<string> => {
  const some = words(maxLength, word);
  return fc.oneof(
    { weight: 6, arbitrary: some },
    { weight: 1, arbitrary: some.map((each) => `**${each}**`) },
    { weight: 1, arbitrary: some.map((each) => `a *${each}* b`) },
    { weight: 1, arbitrary: some.map((each) => `||${each}||`) },
    { weight: 1, arbitrary: some.map((each) => `**a ||${each}||** ***b ~~${each}~~***`) },
    { weight: 1, arbitrary: some.map((each) => `~~${each}~~ and [${each}](https://example.com)`) },
  );
};
const sentences = (max: number, word: Word = anyWord) =>
  fc.array(inline(12, word), { minLength: 1, maxLength: max }).map((each) => `${each.join(". So ")}.`);
const paragraphOf = (word: Word) =>
  fc.oneof(
    { weight: 5, arbitrary: sentences(12, word) },
    { weight: 1, arbitrary: sentences(80, word) },
    {
      weight: 1,
      arbitrary: fc.array(sentences(3, word), { minLength: 1, maxLength: 12 }).map((each) => each.join("\n")),
    },
    { weight: 1, arbitrary: fc.constant("What follows:") },
  );
const codeLine = fc.constantFrom(
  "const a = 1;",
  "",
  "  return compute(a, b); // why",
  "# not a heading",
  "- no",
  "> no",
  "\tindented by a tab",
  "| a | b |",
  "``` not the end",
  "<@1> || x ||",
  "ends with a backslash\\",
);
const longCodeLine = fc.integer({ min: 1, max: 400 }).map((times) => '{"key":"value"},'.repeat(times));
const code = fc
  .record({
    fence: fc.constantFrom("```", "````", "~~~", "~~~~~", "  ```"),
    info: fc.constantFrom("", "ts", "python", 'ts title="a b"', "{.c++}", "x".repeat(90), "y z ".repeat(75)),
    lines: fc.array(fc.oneof({ weight: 30, arbitrary: codeLine }, { weight: 1, arbitrary: longCodeLine }), {
      maxLength: 120,
    }),
    nested: fc.boolean(),
    closed: fc.integer({ min: 0, max: 30 }),
  })
  .map(({ fence, info, lines, nested, closed }) =>
    [
      fence + info,
      ...lines,
      ...(nested && !fence.endsWith(" ```") && fence !== "```" ? ["```js", "inner()", "```"] : []),
      ...(closed === 0 ? [] : [fence]),
    ].join("\n"),
  );
const headingOf = (word: Word) =>
  fc
    .tuple(fc.integer({ min: 1, max: 6 }), words(6, word), fc.constantFrom("", " #", " ##  "))
    .map(([depth, text, end]) => `${"#".repeat(depth)} ${text}${end}`);
const cellOf = (word: Word) =>
  fc.oneof(
    { weight: 6, arbitrary: words(2, word) },
    {
      weight: 1,
      arbitrary: fc.constantFrom(...["", "`a\\|b`", "**bold**", "日本", "👩‍👩‍👧‍👦", "a<br>b", "\\\\", "x\\"]),
    },
    { weight: 1, arbitrary: inline(3, word) },
  );
const tableOf = (word: Word) =>
  fc
    .record({
      columns: fc.integer({ min: 1, max: 5 }),
      // A row with fewer cells than the header, or with more.
      rows: fc.array(fc.array(cellOf(word), { minLength: 3, maxLength: 6 }), { maxLength: 30 }),
      delimiters: fc.constantFrom(["---", "--:", ":-:", ":--", "-"], ["-", "-", "-", "-", "-"]),
      edge: fc.constantFrom("| ", "|", ""),
    })
    .map(({ columns, rows, delimiters, edge }) => {
      const row = (cells: readonly string[]) => {
        const shown = cells.map((each) => each.replaceAll("\n", " ").replace(/(?<!\\)\|/g, "\\|"));
        return `${edge}${shown.join(" | ")}${edge === "" ? "" : " |"}`;
      };
      const header = ["Name", "Value", "Note", "日本", "More"].slice(0, columns);
      return [row(header), row(delimiters.slice(0, columns)), ...rows.map(row)].join("\n");
    });
const indentBy = (text: string, by: number) =>
  text
    .split("\n")
    .map((each, index) => (index === 0 || each === "" ? each : " ".repeat(by) + each))
    .join("\n");
const junk = fc.string({
  unit: fc.constantFrom(..."`~*_|>#-+=1.)([]! \n\ta&é<:😀\u200b\u0301"),
  maxLength: 60,
});

const leafOf = (word: Word) =>
  fc.oneof(
    { weight: 6, arbitrary: paragraphOf(word) },
    { weight: 3, arbitrary: code },
    { weight: 2, arbitrary: headingOf(word) },
    { weight: 1, arbitrary: tableOf(word) },
    { weight: word === plainWord ? 0 : 1, arbitrary: junk },
    {
      weight: 1,
      arbitrary: fc.constantFrom(
        ...["---", "***", "_ _ _", "- - -", "-# small print", "Title\n===", "Title\n---", "#", "# #"],
        ...["    indented code\n    more", "\tcode by a tab", "  \t two kinds", "[1]: https://example.com"],
        ...[
          "- [ ] open\n- [x] done\n  - [X] inner",
          "1) one\n2) two",
          "-\n  late text",
          "-   far\n\n    more",
          "+ plus",
        ],
        ...[
          "[^1]: the note\n    goes on",
          "<details>\n<summary>Sum</summary>\n\ninside\n\n</details>",
          "<!-- a\nb -->",
        ],
        ...[
          "$$\n\\frac{1}{2} \\\\\n$$",
          "\\[ x_1 + x_2 \\]",
          "a | b\n--|--\n1 | 2",
          ">>> all\nbelow",
          ">quick\nlazy",
        ],
        ...[
          "***",
          "**bold** start",
          "*italic* start",
          "_under_ start",
          "--flag",
          "#!shebang",
          "10. ten",
          "1.5 is a number",
        ],
      ),
    },
  );
const blockOf = (word: Word) =>
  fc.letrec<{ block: string; list: string; quote: string }>((tie) => ({
    block: fc.oneof(
      { depthSize: "small" },
      { weight: 8, arbitrary: leafOf(word) },
      { weight: 3, arbitrary: tie("list") },
      { weight: 1, arbitrary: tie("quote") },
    ),
    list: fc
      .tuple(
        fc.constantFrom("- ", "* ", "+ ", "1. ", "3) ", " - ", "-   ", "   * "),
        fc.array(
          fc.array(
            fc.oneof({ weight: 3, arbitrary: sentences(3, word) }, { weight: 1, arbitrary: tie("block") }),
            {
              minLength: 1,
              maxLength: 3,
            },
          ),
          {
            minLength: 1,
            maxLength: 12,
          },
        ),
        fc.constantFrom("\n", "\n\n"),
      )
      .map(([bullet, items, gap]) =>
        items.map((blocks) => bullet + indentBy(blocks.join(gap), bullet.length)).join(gap),
      ),
    quote: tie("block").map((each) =>
      each
        .split("\n")
        .map((row) => `> ${row}`)
        .join("\n"),
    ),
  })).block;

/** Lists in lists, with code at the bottom, indented by as many spaces as people do. */
const deepOf = (word: Word) =>
  fc
    .record({
      depth: fc.integer({ min: 2, max: 6 }),
      step: fc.constantFrom(2, 3, 4),
      bullet: fc.constantFrom("- ", "* ", "1. "),
      text: sentences(2, word),
      bottom: fc.oneof(code, sentences(6, word)),
    })
    .map(({ depth, step, bullet, text, bottom }) => {
      const rows = Array.from({ length: depth }, (_, level) => " ".repeat(level * step) + bullet + text);
      const inside = " ".repeat((depth - 1) * step + bullet.length);
      return [...rows, ...bottom.split("\n").map((each) => inside + each)].join("\n");
    });

const documentsOf = (word: Word) =>
  fc
    .record({
      blocks: fc.array(
        fc.tuple(
          fc.oneof({ weight: 9, arbitrary: blockOf(word) }, { weight: 1, arbitrary: deepOf(word) }),
          fc.constantFrom("\n\n", "\n\n", "\n\n", "\n", "\n \n\n\n"),
        ),
        { maxLength: 14 },
      ),
      newline: fc.constantFrom("\n", "\n", "\n", "\r\n"),
    })
    .map(({ blocks, newline }) =>
      blocks
        .map((each) => each.join(""))
        .join("")
        .replaceAll("\n", newline),
    );

/** Any answer. */
export const documents = documentsOf(anyWord);

/** Answers in which each sign of Markdown has its other half. */
export const tidyDocuments = documentsOf(plainWord);

/** Answers of paragraphs and headings only, whose letters all stay in place. */
export const wordsOnly = fc
  .array(fc.oneof(paragraphOf(plainWord), headingOf(plainWord)), { minLength: 1, maxLength: 20 })
  .map((blocks) => blocks.join("\n\n"));

import fc from "fast-check";

/*
 * Random answers: what Claude writes, in any order and size, and now and then what nobody would write.
 */

const word = fc.oneof(
  {
    weight: 12,
    arbitrary: fc.constantFrom("the", "daemon", "reads", "config", "E2E", "naïve", "100", "is", "so"),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom("日本語です。", "👩‍👩‍👧‍👦", "🇩🇪🇫🇷", "é́", "x".repeat(70), "…", "a|b"),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom("<@123456789012345678>", "<t:1700000000:R>", "<a:wave:42>", "</ask me:7>"),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      "`a b c`",
      "``a ` b``",
      "`` ```js ``",
      "```",
      "*",
      "`",
      "||",
      "<br>",
      "\\*",
      "\\`",
    ),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom("[a link](https://example.com/x?y=z)", "![image](a.png)", "[ref][1]"),
  },
);
const words = (maxLength: number) =>
  fc.array(word, { minLength: 1, maxLength }).map((each) => each.join(" "));
const inline = (maxLength: number): fc.Arbitrary<string> =>
  fc.oneof(
    { weight: 6, arbitrary: words(maxLength) },
    { weight: 1, arbitrary: words(maxLength).map((each) => `**${each}**`) },
    { weight: 1, arbitrary: words(maxLength).map((each) => `a *${each}* b`) },
    { weight: 1, arbitrary: words(maxLength).map((each) => `||${each}||`) },
    {
      weight: 1,
      arbitrary: words(maxLength).map((each) => `~~${each}~~ and [${each}](https://example.com)`),
    },
  );
const sentences = (max: number) =>
  fc.array(inline(12), { minLength: 1, maxLength: max }).map((each) => `${each.join(". So ")}.`);
const paragraph = fc.oneof(
  { weight: 5, arbitrary: sentences(12) },
  { weight: 1, arbitrary: sentences(80) },
  {
    weight: 1,
    arbitrary: fc.array(sentences(3), { minLength: 1, maxLength: 12 }).map((each) => each.join("\n")),
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
);
const longCodeLine = fc.integer({ min: 1, max: 400 }).map((times) => '{"key":"value"},'.repeat(times));
const code = fc
  .record({
    fence: fc.constantFrom("```", "````", "~~~"),
    info: fc.constantFrom("", "ts", "python", 'ts title="a b"', "x".repeat(90)),
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
      ...(nested && fence !== "```" ? ["```js", "inner()", "```"] : []),
      ...(closed === 0 ? [] : [fence]),
    ].join("\n"),
  );
const heading = fc
  .tuple(fc.integer({ min: 1, max: 6 }), words(6))
  .map(([depth, text]) => `${"#".repeat(depth)} ${text}`);
const table = fc
  .tuple(
    fc.integer({ min: 1, max: 4 }),
    fc.array(fc.array(inline(3), { minLength: 4, maxLength: 4 }), { maxLength: 30 }),
  )
  .map(([columns, rows]) => {
    const row = (cells: readonly string[]) =>
      `| ${cells
        .slice(0, columns)
        .map((cell) => cell.replace(/(?<!\\)\|/g, "\\|"))
        .join(" | ")} |`;
    const header = ["Name", "Value", "Note", "More"];
    return [row(header), row(["---", "--:", ":-:", "---"]), ...rows.map(row)].join("\n");
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

const leaf = fc.oneof(
  { weight: 6, arbitrary: paragraph },
  { weight: 3, arbitrary: code },
  { weight: 2, arbitrary: heading },
  { weight: 1, arbitrary: table },
  { weight: 1, arbitrary: junk },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      "---",
      "-# small print",
      "Title\n===",
      "    indented code\n    more",
      "[1]: https://example.com",
    ),
  },
);
const { block } = fc.letrec<{ block: string; list: string; quote: string }>((tie) => ({
  block: fc.oneof(
    { depthSize: "small" },
    { weight: 8, arbitrary: leaf },
    { weight: 3, arbitrary: tie("list") },
    { weight: 1, arbitrary: tie("quote") },
  ),
  list: fc
    .tuple(
      fc.constantFrom("- ", "* ", "+ ", "1. ", "3) "),
      fc.array(
        fc.array(fc.oneof({ weight: 3, arbitrary: sentences(3) }, { weight: 1, arbitrary: tie("block") }), {
          minLength: 1,
          maxLength: 3,
        }),
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
}));

/** Any answer. */
export const documents = fc
  .array(fc.tuple(block, fc.constantFrom("\n\n", "\n\n", "\n\n", "\n")), { maxLength: 14 })
  .map((blocks) => blocks.map((each) => each.join("")).join(""));

/** Answers of paragraphs and headings only, whose letters all stay in place. */
export const wordsOnly = fc
  .array(fc.oneof(paragraph, heading), { minLength: 1, maxLength: 20 })
  .map((blocks) => blocks.join("\n\n").replace(/^(?=```)/gm, "is "));

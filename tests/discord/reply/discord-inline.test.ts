import { expect, test } from "vitest";
import { splitMessage } from "../../../src/discord/reply/split-message.ts";

test.each([
  ["a rule", "a\n\n***\n\nb", "a\n\n────────────\n\nb"],
  ["a task list", "- [ ] open\n- [x] done\n  1. [X] inner", "- ⬜ open\n- ✅ done\n  1. ✅ inner"],
  ["brackets that are no task", "- [x](https://example.com)\n- [x]y", "- [x](https://example.com)\n- [x]y"],
  ["a picture in the web", "![a chart](https://e.com/a.png)", "[a chart](https://e.com/a.png)"],
  ["a picture without words", "![](https://e.com/a.png)", "https://e.com/a.png"],
  ["a picture of the project", "See ![the chart](out/a.png)", "See the chart (`out/a.png`)"],
  ["a badge", "[![build](https://e.com/b.svg)](https://e.com)", "[build](https://e.com)"],
  [
    "a link into the project",
    "[`src/a.ts:4`](src/a.ts#L4) and [a.ts](src/a.ts)",
    "`src/a.ts:4` and `src/a.ts`",
  ],
  ["a link to a page of the project", "[the guide](docs/guide.md)", "the guide (`docs/guide.md`)"],
  ["a link that is its own name", "[https://e.com/x](https://e.com/x)", "https://e.com/x"],
  ["a line break in HTML", "one<br>two", "one\ntwo"],
  ["a line break by a backslash", "one\\\ntwo", "one\ntwo"],
  ["keys and bold in HTML", "<kbd>Ctrl</kbd>+<kbd>C</kbd> is <b>safe</b>", "`Ctrl`+`C` is **safe**"],
  ["HTML that is spoken of", "Use <b> and </b>, or `<br>`.", "Use <b> and </b>, or `<br>`."],
  ["a comment", "<!-- hidden -->\n\nshown <!-- not --> here", "shown  here"],
  [
    "a folded part",
    "<details>\n<summary>More</summary>\n\ninside\n\n</details>\n\nafter",
    "**More**\n\ninside\n\nafter",
  ],
  ["a footnote", "Said[^1].\n\n[^1]: By whom.", "Said¹.\n\n¹ By whom."],
  ["a formula", "so $a_1 * b_1$ and \\(x^2\\)", "so `a_1 * b_1` and `x^2`"],
  ["a formula of its own", "$$\n\\frac{1}{2}\n$$", "```tex\n\\frac{1}{2}\n```"],
  ["prices and variables", "$5 or $10, $HOME/$USER", "$5 or $10, $HOME/$USER"],
])("%s reads well", (_, markdown, shown) => {
  expect(splitMessage(markdown)).toEqual([shown]);
});

test("what is in code stays as it is", () => {
  const code = "`![a](b.png) <br> $x^2$ [^1]`\n\n```md\n- [ ] open <br>\n![a](b.png)\n***\n```";
  expect(splitMessage(code)).toEqual([code]);
});

test("a quote with a list keeps its blank lines inside", () => {
  expect(splitMessage("> - one\n>\n> - two\n>\n> after")).toEqual(["> - one\n> \n> - two\n> \n> after"]);
});

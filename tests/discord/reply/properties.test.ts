import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { blockLines } from "../../../src/discord/reply/blocks.ts";
import { findCuts } from "../../../src/discord/reply/cuts.ts";
import { discordLines } from "../../../src/discord/reply/discord-lines.ts";
import { renderedText } from "../../../src/discord/reply/rendered-text.ts";
import { normalised, splitMessage } from "../../../src/discord/reply/split-message.ts";
import { createStreamSplitter } from "../../../src/discord/reply/stream-splitter.ts";
import { ATOMS, documents, tidyDocuments, wordsOnly } from "./documents.ts";

// FC_RUNS=10000 for a thorough run; what is committed takes a few seconds.
const numRuns = Number(process.env.FC_RUNS ?? 50);
// Where a case fails, shrinking it takes minutes: FC_RUNS looks for cases, the few runs of the suite shrink them.
const endOnFailure = numRuns > 1000;
const limits = fc.constantFrom(2000, 2000, 500, 200);

/** What Discord takes for a code block, as its clients do. */
const DISCORD_CODE_BLOCK = /```(?:[a-z0-9_+\-.#]+?\n)?\n*[^\n][\s\S]*?\n*```/gi;

/** What must come through: everything but white space, code fences, and the marks that a new message repeats. */
function substance(text: string): string {
  return text.replace(/^[> \t]*(?:[-*+]|\d+[.)])?[> \t]*```.*$/gm, "").replace(/[\s>*_~|]/g, "");
}

function graphemes(text: string): string[] {
  return [...new Intl.Segmenter("en", { granularity: "grapheme" }).segment(text)].map(
    ({ segment }) => segment,
  );
}

describe("any answer", () => {
  test("becomes messages that Discord takes, each valid on its own", () => {
    fc.assert(
      fc.property(documents, limits, (document, limit) => {
        for (const part of splitMessage(document, limit)) {
          expect(part.length).toBeLessThanOrEqual(limit);
          expect(part.trim()).not.toBe("");
          expect(part.isWellFormed()).toBe(true);
          expect(part.replace(/\\`/g, "").replace(DISCORD_CODE_BLOCK, "")).not.toContain("```");
        }
      }),
      { numRuns, endOnFailure },
    );
  });

  test("comes through whole and in order", () => {
    fc.assert(
      fc.property(documents, limits, (document, limit) => {
        const whole = splitMessage(document, 10_000_000);
        expect(substance(splitMessage(document, limit).join("\n"))).toBe(substance(whole.join("\n")));
      }),
      { numRuns, endOnFailure },
    );
  });

  test("takes at most one message more than it must", () => {
    fc.assert(
      fc.property(documents, limits, (document, limit) => {
        const rendered = renderedText(discordLines(normalised(document)));
        let least = 1;
        for (let at = findCuts(rendered, 0, limit); at !== undefined; least++)
          at = findCuts(rendered, at.furthest.offset, limit);
        expect(splitMessage(document, limit).length).toBeLessThanOrEqual(least + 1);
      }),
      { numRuns, endOnFailure },
    );
  });

  test("is read the same section by section as at once", () => {
    const shown = (lines: readonly { text: string }[]) =>
      lines.map(({ text }) => text.replace(/\s+/g, " ").trim()).filter((each) => each !== "" && each !== ">");
    fc.assert(
      fc.property(documents, (document) => {
        const text = normalised(document);
        // The parser itself reads what follows an empty item of a quote one way or another, as what is above it has it.
        fc.pre(!/>[ >\t]*[-*+\d.)]+[ \t]*$/m.test(text));
        // How wide a tab is depends on all that is before it in its line.
        fc.pre(!/[>*+.)-] *\t/.test(text));
        expect(shown(discordLines(text))).toEqual(shown(blockLines(text)));
      }),
      {
        numRuns,
        endOnFailure,
        examples: [
          ["# the\n3) ```\n   ```\n\n"],
          ["- the.\n\n  ```\nconst a = 1;\n  ```\n\n# two\n\n"],
          ["3) ```\nconst a = 1;\n  ```\n\n# two\n\n"],
          ["- - -\n\n  ```\n> no\n``` not the end\n  ```\n"],
          ["* so\n  ~~~~~y\n  ~~~~~\nTitle\n---\n"],
          ["1. so\n    1. so\n       ```\n       x\n       ```\nTitle\n---\n"],
          ["-\n  ```python\n  ```\n_under_ start\n  ```ts\n- no\n  ```\n"],
          ["> #### so\n-\n  ```js\n  x\n  ```\n"],
        ],
      },
    );
  });

  test("shows the same messages when it is written piece by piece, and frozen ones never change", () => {
    fc.assert(
      fc.property(
        documents,
        limits,
        fc.array(fc.integer({ min: 60, max: 900 }), { minLength: 1 }),
        (document, limit, sizes) => {
          const splitter = createStreamSplitter(limit);
          let frozen: readonly string[] = [];
          for (let at = 0, turn = 0; at < document.length; turn++) {
            const size = sizes[turn % sizes.length] ?? 1;
            splitter.append(document.slice(at, at + size));
            at += size;
            const parts = splitter.parts();
            expect(parts.slice(0, frozen.length)).toEqual(frozen);
            frozen = parts.slice(0, splitter.frozen());
          }
          expect(splitter.parts()).toEqual(splitMessage(document, limit));
        },
      ),
      { numRuns: Math.ceil(numRuns / 2), endOnFailure },
    );
  });
});

describe("a tidy answer", () => {
  test("is torn inside no link, code, mention or other word of Discord's", () => {
    const count = (text: string, atom: string) => text.split(atom).length - 1;
    fc.assert(
      fc.property(tidyDocuments, (document) => {
        const words = (parts: readonly string[]) =>
          parts.map((part) => part.replace(DISCORD_CODE_BLOCK, "")).join("\n");
        const whole = words(splitMessage(document, 10_000_000));
        const parts = words(splitMessage(document));
        for (const atom of ATOMS)
          expect(`${atom} ${count(parts, atom)}`).toBe(`${atom} ${count(whole, atom)}`);
      }),
      { numRuns, endOnFailure },
    );
  });
});

describe("an answer of words", () => {
  test("has each emphasis and spoiler closed in the message that opens it", () => {
    fc.assert(
      fc.property(wordsOnly, limits, (document, limit) => {
        for (const part of splitMessage(document, limit)) {
          const text = ATOMS.reduce((rest, atom) => rest.replaceAll(atom, "x"), part);
          for (const sign of ["**", "~~", "||", "`"]) {
            expect(`${sign} ${text.split(sign).length % 2}`).toBe(`${sign} 1`);
          }
        }
      }),
      { numRuns, endOnFailure },
    );
  });

  test("keeps every character, and no grapheme is cut", () => {
    fc.assert(
      fc.property(wordsOnly, limits, (document, limit) => {
        const letters = (text: string) =>
          graphemes(text).filter((each) => /^[\p{L}\p{N}\p{Emoji_Presentation}]/u.test(each));
        expect(letters(splitMessage(document, limit).join("\n"))).toEqual(letters(document));
      }),
      { numRuns, endOnFailure },
    );
  });
});

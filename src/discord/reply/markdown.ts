import type { Root } from "mdast";
import { fromMarkdown } from "mdast-util-from-markdown";
import { gfmFromMarkdown } from "mdast-util-gfm";
import { gfm } from "micromark-extension-gfm";

/*
 * Two readings of GFM. Discord knows neither HTML nor definitions nor footnotes, so both readings leave them out:
 * they are plain text. Reading only blocks where only blocks matter is twice as fast.
 */

const PLAIN_TEXT_IN_DISCORD = [
  "htmlFlow",
  "htmlText",
  "definition",
  "gfmFootnoteDefinition",
  "gfmFootnoteCall",
  "gfmPotentialFootnoteCall",
  "tasklistCheck",
  "wwwAutolink",
  "protocolAutolink",
  "emailAutolink",
];

const INLINE = [
  "attention",
  "autolink",
  "characterEscape",
  "characterReference",
  "codeText",
  "hardBreakEscape",
  "labelEnd",
  "labelStartImage",
  "labelStartLink",
  "strikethrough",
];

const BLOCK = [
  "blockQuote",
  "codeFenced",
  "codeIndented",
  "headingAtx",
  "list",
  "setextUnderline",
  "table",
  "thematicBreak",
];

const disable = { null: [...PLAIN_TEXT_IN_DISCORD, ...INLINE] };
const { null: tables } = gfm().flow ?? {};
// Extensions for the tree also walk all of it looking for web addresses; what is a link matters only inside a cut.
const nodes = gfmFromMarkdown().map(({ transforms: _, ...rest }) => rest);

/** The line below a table's header, in whatever container. */
const MAY_UNDERLINE_HEADER = /^(?=[^\n]*-)[>|:\-*+\d.) \t]+$/m;

const blocksOnly = { extensions: [{ disable }] };
const blocksAndTables = {
  extensions: [{ flow: { null: tables }, disable }],
  mdastExtensions: nodes,
};
const inlineOnly = {
  extensions: [gfm(), { disable: { null: [...PLAIN_TEXT_IN_DISCORD, ...BLOCK] } }],
  mdastExtensions: nodes,
};

/** The blocks of a text: paragraphs, lists, quotes, code, headings, tables. Their text is left as it was written. */
export function parseBlocks(markdown: string): Root {
  return fromMarkdown(markdown, MAY_UNDERLINE_HEADER.test(markdown) ? blocksAndTables : blocksOnly);
}

/** What is inside a paragraph: emphasis, code, links. Offsets are those of `text`. */
export function parseInline(text: string): Root {
  return fromMarkdown(text, inlineOnly);
}

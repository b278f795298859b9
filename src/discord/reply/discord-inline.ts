import type { Image, InlineCode, Link, Nodes } from "mdast";
import { parseInline } from "./markdown.ts";
import { INLINE_MATH, isFormula } from "./math.ts";

/** What may need other words than it is written with; any other text is shown as it is. */
export const MAY_NEED_WORDS =
  /```|!\[|\]\((?!<?https?:)|\[(https?:[^\]\s]+)\]\(\1\)|<[a-z!/]|\[\^\d|\\[\n([]|\$[^$\n]+\$/i;

/**
 * Running text in Discord's dialect: pictures, links into the project, HTML, footnotes, formulas, line breaks, and
 * backticks that would open a code block, in words that mean there what they mean in Markdown.
 */
export function discordInline(text: string): string {
  if (!MAY_NEED_WORDS.test(text)) return text;
  // A piece may begin with white space, which a paragraph has none of.
  const margin = text.length - text.trimStart().length;
  const taken: Replacement[] = [];
  collect(parseInline(text.slice(margin)), text, margin, taken);
  for (const [pattern, words] of PATTERNS) {
    for (const match of text.matchAll(pattern)) {
      const [found] = match;
      const at = { start: match.index, end: match.index + found.length };
      const shown = words(match);
      if (shown === undefined || taken.some(({ start, end }) => start < at.end && at.start < end)) continue;
      taken.push({ ...at, text: shown });
    }
  }
  let shown = "";
  let from = 0;
  for (const each of taken.sort((a, b) => a.start - b.start)) {
    shown += text.slice(from, each.start) + each.text;
    from = each.end;
  }
  return shown + text.slice(from);
}

interface Replacement {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

const MARKERS: Readonly<Record<string, string>> = {
  ...{ b: "**", strong: "**", i: "*", em: "*", u: "__", ins: "__", s: "~~", del: "~~", strike: "~~" },
  ...{ kbd: "`", code: "`", samp: "`", tt: "`", summary: "**", sub: "", sup: "", small: "", mark: "" },
};
const PAIR = new RegExp(
  `(?<!\\\\)<(${Object.keys(MARKERS).join("|")})>(?=\\S)([^<>\\n]*[^<>\\s])</\\1>`,
  "gi",
);

/** In order of precedence; undefined: it stays as it is. */
const PATTERNS: readonly (readonly [RegExp, (match: RegExpExecArray) => string | undefined])[] = [
  [INLINE_MATH, ([, ...inner]) => formula(inner.find((each) => each !== undefined) ?? "")],
  [/\\?(`{3,})/g, ([, run = ""]) => "\\`".repeat(run.length)],
  [/\\\n/g, () => "\n"],
  [/(?<!\\)<!--[\s\S]*?-->/g, () => ""],
  [/[ \t]*(?<!\\)<br ?\/?>[ \t]*\n?/gi, () => "\n"],
  [/^[ \t]*<\/?details(?: open)?>[ \t]*$/gim, () => ""],
  [PAIR, ([, tag = "", inner = ""]) => `${MARKERS[tag.toLowerCase()]}${inner}${MARKERS[tag.toLowerCase()]}`],
  [/^\[\^(\d{1,3})\]:[ \t]+/gm, ([, number = ""]) => `${superscript(number)} `],
  [/(?<=[^\s\\])\[\^(\d{1,3})\]/g, ([, number = ""]) => superscript(number)],
];

/** What is found by its place in the tree, also where nothing of it changes: patterns leave it alone. */
function collect(node: Nodes, text: string, margin: number, found: Replacement[]): void {
  const start = (node.position?.start.offset ?? 0) + margin;
  const end = (node.position?.end.offset ?? 0) + margin;
  const source = text.slice(start, end);
  if (node.type === "inlineCode") found.push({ start, end, text: shownCode(node, source) });
  else if (node.type === "image") found.push({ start, end, text: shownImage(node) });
  else if (node.type === "link") found.push({ start, end, text: shownLink(node, source) });
  else if ("children" in node) for (const child of node.children) collect(child, text, margin, found);
}

/** Three backticks open a code block in Discord wherever they are, and it swallows the rest of the message. */
function shownCode({ value }: InlineCode, source: string): string {
  return source.includes("```") ? asCode(value) : source;
}

/** Code between two backticks, which are seldom a stray pair's other half, with look-alikes for those inside. */
function asCode(value: string): string {
  const content = value.replace(/`{2,}/g, (run) => LOOK_ALIKE.repeat(run.length));
  if (!content.includes("`")) return content === value ? `\`${content}\`` : `\`\`${content}\`\``;
  return `\`\` ${content} \`\``;
}

const LOOK_ALIKE = "ˋ";

const WEB = /^https?:\/\//i;

/** Discord shows pictures that are attached; of a picture elsewhere there is a link, of one in the project its name. */
function shownImage({ url, alt }: Image): string {
  if (WEB.test(url)) return alt ? `[${alt}](${url})` : url;
  return alt ? `${alt} (${asCode(url)})` : asCode(url);
}

/** A link into the project leads nowhere from Discord, which would show its Markdown as it is. */
function shownLink({ url }: Link, source: string): string {
  const end = source.lastIndexOf("](");
  if (!source.startsWith("[") || end === -1 || /^(?:mailto|discord):/i.test(url)) return source;
  const written = source.slice(1, end);
  const label = discordInline(written.replace(/!\[([^\]]*)\]\([^)]*\)/g, "$1"));
  const name = label.replaceAll("`", "");
  if (WEB.test(url)) return name === url ? url : `[${label}${source.slice(end)}`;
  if (label === "" || url === "" || url.startsWith("#")) return label;
  const [path = url] = url.split("#");
  const [, file = name, line = ""] = /^(.*?)((?::\d+(?:-\d+)?)?)$/.exec(name) ?? [];
  if (path === file || path.endsWith(`/${file}`)) return asCode(path + line);
  return `${label} (${asCode(url)})`;
}

function formula(inner: string): string | undefined {
  return isFormula(inner) ? `\`${inner.trim()}\`` : undefined;
}

function superscript(number: string): string {
  return [...number].map((digit) => "⁰¹²³⁴⁵⁶⁷⁸⁹"[Number(digit)]).join("");
}

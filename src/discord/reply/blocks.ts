import type { BlockContent, DefinitionContent, List, ListItem, Nodes, RootContent } from "mdast";
import { codeLines } from "./fence.ts";
import { appendBlock, type Line, line, NEVER } from "./line.ts";
import { parseBlocks } from "./markdown.ts";
import { bulletOf, headingLine, paragraphLines } from "./prose-lines.ts";
import { tableLines } from "./table.ts";

/** Where a block stands. */
interface Place {
  readonly source: string;
  /** What its containers put before each of its lines. */
  readonly lead: string;
  /** How much of `lead` is a list's indentation. */
  readonly indent: number;
  readonly cost: number;
}

/**
 * A score of lists and quotes inside each other are no answer that anybody means, and ten thousand overflow the
 * parser's stack: such text is shown as it is.
 */
const TOO_DEEP =
  /^(?:[ \t]{120}[ \t]*(?:[-*+>]|\d{1,9}[.)])|(?:[ \t]{0,8}(?:>|[-+*][ \t]|\d{1,9}[.)][ \t])){20}[^\n]*[^-*_ \t\n])/m;

/** The lines of a text in Discord's dialect, from its Markdown tree. */
export function blockLines(source: string): Line[] {
  if (TOO_DEEP.test(source)) return paragraphLines(source);
  return siblings(parseBlocks(source).children, { source, lead: "", indent: 0, cost: 0 });
}

type Block = RootContent | BlockContent | DefinitionContent | ListItem;

function siblings(nodes: readonly Block[], place: Place): Line[] {
  const lines: Line[] = [];
  let previousEnd: number | undefined;
  for (const node of nodes) {
    const from = node.position?.start.line ?? 0;
    const gap = previousEnd !== undefined && from - previousEnd > 1;
    const { lead, indent } = place;
    const blank = line(lead.slice(0, indent).trimEnd() + lead.slice(indent), { breakCost: NEVER, indent });
    appendBlock(lines, block(node, place), gap ? blank : undefined);
    previousEnd = node.position?.end.line;
  }
  return lines;
}

function block(node: Block, place: Place): Line[] {
  const { source, lead, indent, cost } = place;
  switch (node.type) {
    case "heading":
      return [headingLine(rawText(node), node.depth, lead, indent, cost)];
    case "code": {
      const info = [node.lang, node.meta].filter((each) => each !== null).join(" ");
      return withFirstCost(codeLines(node.value.split("\n"), info, place), cost);
    }
    case "blockquote": {
      // Discord has one level of quotes, and takes three signs for "everything below".
      const inner = lead.includes(">") ? lead : `${lead}> `;
      return siblings(node.children, { source, lead: inner, indent, cost: Math.max(cost, 0.1) }).map(
        (each, index) => (index === 0 ? { ...each, breakCost: cost } : each),
      );
    }
    case "list":
      return listLines(node, place);
    case "table":
      return withFirstCost(tableLines(node, source, lead, indent), cost);
    case "thematicBreak":
      return [
        line(`${lead}---`, {
          breakCost: cost,
          lead: lead.length,
          prefix: lead.slice(indent),
          indent,
        }),
      ];
    default:
      return paragraphLines("children" in node ? rawText(node) : slice(node, source), lead, indent, cost);
  }
}

function listLines(list: List, place: Place): Line[] {
  const { source, lead, indent, cost } = place;
  const lines: Line[] = [];
  let previousEnd: number | undefined;
  for (const [index, item] of list.children.entries()) {
    const gap = previousEnd !== undefined && (item.position?.start.line ?? 0) - previousEnd > 1;
    const itemCost = index === 0 ? cost : Math.max(cost, lead === "" ? 0.1 : 0.2);
    const blank = line(lead.trimEnd(), { breakCost: NEVER, indent });
    appendBlock(lines, itemLines(item, { source, lead, indent, cost: itemCost }), gap ? blank : undefined);
    previousEnd = item.position?.end.line;
  }
  return lines;
}

function itemLines(item: ListItem, { source, lead, indent, cost }: Place): Line[] {
  const bullet = bulletOf(/^(?:[-+*]|\d{1,9}[.)])/.exec(slice(item, source))?.[0] ?? "-");
  const quoted = lead.includes(">");
  const inner = siblings(item.children, {
    source,
    lead: lead + " ".repeat(bullet.length),
    indent: quoted ? indent : indent + bullet.length,
    cost: 0.3,
  });
  const [first, ...rest] = inner;
  const own = { breakCost: cost, indent };
  if (first === undefined) return [line(lead + bullet, own)];
  const text = lead + bullet + first.text.slice(lead.length + bullet.length);
  return [{ ...first, ...own, text }, ...rest];
}

function withFirstCost(lines: readonly Line[], cost: number): Line[] {
  return lines.map((each, index) => (index === 0 ? { ...each, breakCost: cost } : each));
}

function slice(node: Nodes, source: string): string {
  return source.slice(node.position?.start.offset ?? 0, node.position?.end.offset ?? 0);
}

/** The text of a paragraph or heading as written, without what its containers put before its lines. */
function rawText(node: Nodes): string {
  if (node.type === "break") return "\n";
  if ("value" in node) return node.value;
  return "children" in node ? node.children.map(rawText).join("") : "";
}

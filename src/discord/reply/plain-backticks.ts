import type { Nodes } from "mdast";
import { parseInline } from "./markdown.ts";

/**
 * Three backticks inside running text open a code block in Discord that swallows the rest of the message; in
 * Markdown they are inline code or nothing at all. Inline code gets fewer of them, stray ones a backslash.
 */
export function plainBackticks(text: string): string {
  if (!text.includes("```")) return text;
  let shown = "";
  let from = 0;
  for (const code of inlineCodes(parseInline(text))) {
    shown += escaped(text.slice(from, code.start)) + rewritten(text.slice(code.start, code.end), code.value);
    from = code.end;
  }
  return shown + escaped(text.slice(from));
}

function inlineCodes(node: Nodes): { start: number; end: number; value: string }[] {
  if (node.type === "inlineCode") {
    const { start, end } = { start: node.position?.start.offset ?? 0, end: node.position?.end.offset ?? 0 };
    return [{ start, end, value: node.value }];
  }
  return "children" in node ? node.children.flatMap(inlineCodes) : [];
}

function escaped(text: string): string {
  return text.replace(/`{3,}/g, (run) => "\\`".repeat(run.length));
}

function rewritten(source: string, value: string): string {
  if (!source.includes("```")) return source;
  const content = value.replace(/``(?=`)/g, "``\u200b");
  if (!content.includes("`")) return `\`${content}\``;
  return `\`\` ${content.replace(/``/g, "`\u200b`")} \`\``;
}

import { type Fence, type Line, line, NEVER } from "./line.ts";

/**
 * What Discord shows as a language: one word of these letters, right after three backticks. Anything else after
 * them would be shown as the block's first line, so it is left out; an absurdly long word is shortened.
 */
const LANGUAGE = /^[{.]*([a-z0-9_+\-.#]{1,20})/i;

/** Discord sees no block where only newlines follow the opening, so a first line is never empty. */
export const BLANK_FIRST_LINE = " ";

/** Where a code block stands: what its containers put before each line, and what a message of its own leaves out. */
export interface CodePlace {
  readonly lead: string;
  readonly indent: number;
}

/** The lines of a code block as Discord understands it: three backticks, whatever the source used. */
export function codeLines(
  content: readonly string[],
  info: string,
  place: CodePlace,
  cost = codeCost,
): Line[] {
  const language = LANGUAGE.exec(info.trim())?.[1] ?? "";
  const lead = place.lead.length;
  const prefix = place.lead.slice(place.indent);
  const about = { indent: place.indent, prefix, lead };
  const shown = content.map(
    (each, index) => place.lead + (index === 0 && each === "" ? BLANK_FIRST_LINE : withoutFences(each)),
  );
  const fence: Fence = {
    open: `${place.lead}\`\`\`${language}`,
    close: `${place.lead}\`\`\``,
    size: shown.reduce((sum, each) => sum + each.length + 1, 0),
  };
  return [
    line(fence.open, about),
    ...shown.map((text, index) =>
      line(text, { ...about, fence, breakCost: index === 0 ? NEVER : cost(content, index) }),
    ),
    line(fence.close, { ...about, fence, breakCost: NEVER }),
  ];
}

/** Code is best cut where it has a blank line and starts anew at its margin. */
function codeCost(content: readonly string[], index: number): number {
  const startsAnew = content[index - 1]?.trim() === "" && /^\S/.test(content[index] ?? "");
  return startsAnew ? 0.2 : 0.45;
}

/** Discord ends a block at the next three backticks wherever they are, so an invisible space goes between them. */
function withoutFences(text: string): string {
  return text.includes("```") ? text.replace(/``(?=`)/g, "``\u200b") : text;
}

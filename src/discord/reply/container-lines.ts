import { type Line, line, NEVER } from "./line.ts";
import type { Place } from "./place.ts";

/** The blank line between two blocks at a place. */
export function blankLine({ lead, indent }: Place): Line {
  const text = lead.slice(0, indent).trimEnd() + lead.slice(indent);
  return line(text, { breakCost: NEVER, indent, lead: text.length });
}

/** The lines of a list item: those of what is inside it, with its bullet in front of the first. */
export function itemLines(bullet: string, inside: readonly Line[], { lead, indent, cost }: Place): Line[] {
  const [first, ...rest] = inside;
  const own = { breakCost: cost, indent };
  if (first === undefined) return [line(lead + bullet, own)];
  return [{ ...withCheckbox(first, lead.length + bullet.length, lead + bullet), ...own }, ...rest];
}

/** Lines whose first one costs what `place` says. */
export function withCostOf({ cost }: Place, lines: readonly Line[]): Line[] {
  return lines.map((each, index) => (index === 0 ? { ...each, breakCost: cost } : each));
}

/** What stands before an item's text. Discord has no list with plus signs. */
export function bulletOf(marker: string): string {
  return `${marker === "+" ? "-" : marker} `;
}

/** Discord has no task lists: `[x]` would be shown as it is. */
function withCheckbox(first: Line, from: number, bullet: string): Line {
  const text = first.text.slice(from);
  const [written, sign] = (first.prose === undefined ? null : /^\[([ xX])\] +(?=\S)/.exec(text)) ?? [];
  if (written === undefined) return { ...first, text: bullet + text };
  const box = sign === " " ? "⬜ " : "✅ ";
  return {
    ...first,
    text: bullet + box + text.slice(written.length),
    lead: first.lead + box.length,
    proseOffset: first.proseOffset + written.length,
  };
}

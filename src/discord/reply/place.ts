import { type InlineReader, readInline } from "./inline.ts";

/** Where a block of an answer stands. */
export interface Place {
  /** What its containers put before each of its lines. */
  readonly lead: string;
  /** How much of `lead` is a list's indentation. */
  readonly indent: number;
  /** See `breakCost` of Line: what it costs when a message begins at the block. */
  readonly cost: number;
  /** How many lists and quotes are around it. */
  readonly depth: number;
  readonly inline: InlineReader;
}

/** The place of a block that nothing is around. */
export function topOf(inline: InlineReader = readInline): Place {
  return { lead: "", indent: 0, cost: 0, depth: 0, inline };
}

/** The place of an item that is not the first of its list. */
export function laterItem(place: Place): Place {
  return { ...place, cost: Math.max(place.cost, place.lead === "" ? 0.1 : 0.2) };
}

/** The place inside a list item at `place`. */
export function insideItem({ lead, indent, depth, inline }: Place, bullet: string): Place {
  return {
    lead: lead + " ".repeat(bullet.length),
    // Discord takes "> " only at the margin, so what is inside a quote can't be moved.
    indent: lead.includes(">") ? indent : indent + bullet.length,
    cost: 0.3,
    depth: depth + 1,
    inline,
  };
}

/** The place inside a quote at `place`. */
export function insideQuote({ lead, indent, cost, depth, inline }: Place): Place {
  // Discord has one level of quotes, and takes three signs for "everything below".
  const inner = lead.includes(">") ? lead : `${lead}> `;
  return { lead: inner, indent, cost: Math.max(cost, 0.1), depth: depth + 1, inline };
}

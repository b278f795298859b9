import { codeLines } from "./fence.ts";
import { type Line, line } from "./line.ts";
import { displayedMath } from "./math.ts";
import type { Place } from "./place.ts";
import { prose, shownText } from "./prose.ts";

/** The lines of a paragraph: Discord shows each line as one. */
export function paragraphLines(text: string, place: Place): Line[] {
  const { lead, indent, cost, inline } = place;
  const formula = displayedMath(text);
  if (formula !== undefined) return codeLines(formula.split("\n"), "tex", place);
  const shown = shownText(text, inline);
  if (shown === "") return [];
  const whole = prose(shown, inline);
  const about = { lead: lead.length, prefix: lead.slice(indent), indent, prose: whole };
  let proseOffset = 0;
  return shown.split("\n").map((each, index) => {
    const breakCost = index === 0 ? cost : Math.max(cost, 0.35);
    const made = line(lead + each, { ...about, breakCost, proseOffset });
    proseOffset += each.length + 1;
    return made;
  });
}

/** A heading's line. Discord has three sizes. */
export function headingLine(text: string, depth: number, { lead, indent, cost, inline }: Place): Line {
  const sign = `${"#".repeat(Math.min(depth, 3))} `;
  const shown = shownText(text, inline).replaceAll("\n", " ");
  return line(lead + sign + shown, {
    breakCost: cost,
    lead: lead.length + sign.length,
    prefix: lead.slice(indent),
    indent,
    heading: true,
    prose: prose(shown, inline),
  });
}

/** A rule between two parts. Discord has none, so one is drawn. */
export function ruleLine({ lead, indent, cost }: Place): Line {
  return line(lead + RULE, { breakCost: cost, lead: lead.length, prefix: lead.slice(indent), indent });
}

const RULE = "─".repeat(12);

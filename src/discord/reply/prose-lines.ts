import { type Line, line } from "./line.ts";
import { plainBackticks } from "./plain-backticks.ts";
import { prose } from "./prose.ts";

/** The lines of a paragraph: Discord shows each line as one. */
export function paragraphLines(text: string, lead = "", indent = 0, cost = 0): Line[] {
  const shown = plainBackticks(text);
  const whole = prose(shown);
  let proseOffset = 0;
  return shown.split("\n").map((each, index) => {
    const made = line(lead + each, {
      breakCost: index === 0 ? cost : Math.max(cost, 0.35),
      lead: lead.length,
      prefix: lead.slice(indent),
      indent,
      prose: whole,
      proseOffset,
    });
    proseOffset += each.length + 1;
    return made;
  });
}

/** A heading's line. Discord has three sizes. */
export function headingLine(text: string, depth: number, lead = "", indent = 0, cost = 0): Line {
  const sign = `${"#".repeat(Math.min(depth, 3))} `;
  const shown = plainBackticks(text.replaceAll("\n", " "));
  return line(lead + sign + shown, {
    breakCost: cost,
    lead: lead.length + sign.length,
    prefix: lead.slice(indent),
    indent,
    heading: true,
    prose: prose(shown),
  });
}

/** A list item that is one line of text. */
export function itemLine(marker: string, text: string): Line[] {
  const bullet = bulletOf(marker);
  const [first, ...rest] = paragraphLines(text, " ".repeat(bullet.length), bullet.length);
  return first === undefined
    ? []
    : [{ ...first, indent: 0, text: bullet + first.text.slice(bullet.length) }, ...rest];
}

/** What stands before an item's text. Discord has no list with plus signs. */
export function bulletOf(marker: string): string {
  return `${marker === "+" ? "-" : marker} `;
}

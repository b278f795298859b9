import { html, raw } from "hono/html";
import { dollars } from "./amounts.ts";
import type { DayFact } from "./status-facts.ts";

type Html = ReturnType<typeof html>;

const WIDTH = 720;
const HEIGHT = 200;
const TOP = 30;
const BOTTOM = 30;

/** The cost of each day as bars, drawn on the server: an SVG that needs no script. */
export function costChart(days: readonly DayFact[]): Html {
  const most = Math.max(...days.map(({ costUsd }) => costUsd), 0);
  const step = WIDTH / Math.max(days.length, 1);
  const space = HEIGHT - TOP - BOTTOM;
  const bars = days.map(({ day, costUsd, turns }, index) => {
    const height = most === 0 ? 0 : (costUsd / most) * space;
    // One that cost something is seen, however little it was.
    const shown = costUsd > 0 ? Math.max(height, 2) : 0;
    const x = (index * step + step * 0.14).toFixed(1);
    const title = `${day}: ${dollars(costUsd)}, ${turns} ${turns === 1 ? "turn" : "turns"}`;
    return html`<g><title>${title}</title><rect class="hit" x="${(index * step).toFixed(1)}" y="${TOP}" width="${step.toFixed(1)}" height="${space}"></rect><rect class="bar${index === days.length - 1 ? raw(" today") : ""}" x="${x}" y="${(TOP + space - shown).toFixed(1)}" width="${(step * 0.72).toFixed(1)}" height="${shown.toFixed(1)}" rx="2"></rect></g>`;
  });
  const labels = days.map(({ day }, index) =>
    (days.length - 1 - index) % 7 === 0
      ? html`<text class="tick" x="${(index * step + step / 2).toFixed(1)}" y="${HEIGHT - 8}" text-anchor="${index === days.length - 1 ? "end" : "middle"}" ${index === days.length - 1 ? raw(`dx="${(step / 2).toFixed(1)}"`) : ""}>${shortDay(day)}</text>`
      : "",
  );
  const total = days.reduce((sum, { costUsd }) => sum + costUsd, 0);
  return html`<svg class="chart" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="Cost per day, ${dollars(total)} in ${days.length} days"><line class="axis" x1="0" y1="${TOP}" x2="${WIDTH}" y2="${TOP}"></line><line class="axis" x1="0" y1="${TOP + space}" x2="${WIDTH}" y2="${TOP + space}"></line><text class="tick" x="0" y="${TOP - 8}">${most === 0 ? "nothing spent yet" : dollars(most)}</text>${bars}${labels}</svg>`;
}

/** `2026-11-22` as `22 Nov`. */
function shortDay(day: string): string {
  const [, month = "1", date = "1"] = day.split("-");
  const names = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
  return `${Number(date)} ${names[Number(month) - 1]}`;
}

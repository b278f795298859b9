import { fileURLToPath } from "node:url";
import type { ChartItem } from "chart.js";
import type { UsageOverview, UsageSeries } from "./usage-overview.ts";

/** Draws a picture (PNG) of what each day took, one panel each for cost, tokens and turns, stacked by project. */
export async function drawUsage(overview: UsageOverview): Promise<Buffer> {
  const [
    { createCanvas, GlobalFonts },
    { Chart, BarController, BarElement, CategoryScale, LinearScale, Legend, Title },
  ] = await Promise.all([import("@napi-rs/canvas"), import("chart.js")]);
  Chart.register(BarController, BarElement, CategoryScale, LinearScale, Legend, Title);
  for (const weight of [400, 700]) {
    const file = `@fontsource/inter/files/inter-latin-${weight}-normal.woff2`;
    GlobalFonts.registerFromPath(fileURLToPath(import.meta.resolve(file)), FONT);
  }

  const picture = createCanvas(WIDTH, PANEL_HEIGHT * PANELS.length);
  const context = picture.getContext("2d");
  // A ground of its own: what stands on Discord's dark or light one would be readable on one of them.
  context.fillStyle = GROUND;
  context.fillRect(0, 0, picture.width, picture.height);
  for (const [index, { title, value, format }] of PANELS.entries()) {
    const panel = createCanvas(WIDTH, PANEL_HEIGHT);
    const chart = new Chart(panel.getContext("2d") as unknown as ChartItem, {
      type: "bar",
      data: {
        labels: overview.days.map((day) => day.slice(5)),
        datasets: overview.series.map((series, position) => ({
          label: series.name,
          data: series.days.map(value),
          backgroundColor: COLORS[position % COLORS.length],
        })),
      },
      options: {
        responsive: false,
        animation: false,
        devicePixelRatio: 1,
        layout: { padding: { left: 16, right: 24, top: 8, bottom: 8 } },
        font: { family: FONT, size: 20 },
        color: INK,
        scales: {
          x: { stacked: true, grid: { display: false }, ticks: { color: INK, font: SMALL, maxRotation: 0 } },
          y: {
            stacked: true,
            grid: { color: LINES },
            ticks: {
              color: INK,
              font: SMALL,
              maxTicksLimit: 5,
              callback: (amount) => format(Number(amount)),
            },
          },
        },
        plugins: {
          title: {
            display: true,
            text: title,
            align: "start",
            color: INK,
            font: { family: FONT, size: 22, weight: 700 },
          },
          legend: {
            display: index === 0,
            position: "bottom",
            labels: { color: INK, font: { family: FONT, size: 18 }, boxWidth: 18, boxHeight: 18 },
          },
        },
      },
    });
    context.drawImage(panel, 0, index * PANEL_HEIGHT);
    chart.destroy();
  }
  return picture.encode("png");
}

const FONT = "claude-coord chart";
const SMALL = { family: FONT, size: 18 };
const WIDTH = 1200;
const PANEL_HEIGHT = 360;
/** Discord's own dark ground, on which these colours have a contrast of at least 3, the text of 10. */
const GROUND = "#2b2d31";
const INK = "#e6e7e9";
const LINES = "#4a4d54";
const COLORS = ["#6ea8ff", "#ffb454", "#5fd39a", "#ff7f91", "#c79bff", "#4fd0e0", "#a9b1bd"];

const PANELS: readonly {
  readonly title: string;
  readonly value: (day: UsageSeries["days"][number]) => number;
  readonly format: (amount: number) => string;
}[] = [
  {
    title: "Cost, US dollars (estimate)",
    value: ({ costUsd }) => costUsd,
    format: (usd) => `$${short(usd)}`,
  },
  {
    title: "Tokens, read and written",
    value: ({ inputTokens, outputTokens }) => inputTokens + outputTokens,
    format: short,
  },
  { title: "Turns", value: ({ turns }) => turns, format: short },
];

function short(amount: number): string {
  return new Intl.NumberFormat("en-US", { notation: "compact", maximumSignificantDigits: 3 }).format(amount);
}

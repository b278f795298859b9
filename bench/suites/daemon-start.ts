import { createBot } from "../support/bot.ts";
import { fillLedger } from "../support/fill-ledger.ts";
import { median } from "../support/median.ts";
import { LIGHT_CLAUDE } from "../support/processes.ts";
import { rounds } from "../support/rounds.ts";
import { rounded, type Suite } from "../support/suite.ts";

const CASES = [
  { name: "10 projects", channels: 10, turns: 0, isOpen: () => false },
  { name: "200 projects", channels: 200, turns: 0, isOpen: () => false },
  {
    name: "200 projects, 10,000 turns, 200 of them open",
    channels: 200,
    turns: 10_000,
    isOpen: (index: number) => index % 50 === 0,
  },
  { name: "200 projects, 10,000 turns, all of them open", channels: 200, turns: 10_000, isOpen: () => true },
];

export const suite: Suite = {
  title: "The daemon's start",
  about:
    "From the start of the process to READY, and how much of it lies before Discord is asked for its gateway. The " +
    "loopback Discord tells of its guild and channels at once. Medians, in ms.",
  run: async () => {
    const results = [];
    for (const one of CASES) results.push({ name: one.name, ...(await measure(one)) });
    const [least, , , most] = results;
    return {
      columns: ["", "to READY", "before Discord is asked", "from there on"],
      rows: results.map(({ name, readyMs, beforeMs }) => [
        name,
        rounded(readyMs),
        rounded(beforeMs),
        rounded(readyMs - beforeMs),
      ]),
      ratios: {
        "200 projects and 10,000 open turns / 10 projects": {
          value: rounded((most?.readyMs ?? Number.NaN) / (least?.readyMs ?? Number.NaN)),
          better: "lower",
          goal: 2,
          noise: 0.4,
        },
      },
    };
  },
};

async function measure({ channels, turns, isOpen }: (typeof CASES)[number]) {
  const ready: number[] = [];
  const before: number[] = [];
  for (let round = 0; round < rounds(5); round += 1) {
    const bot = await createBot({
      channels,
      command: LIGHT_CLAUDE,
      env: { ANTHROPIC_API_KEY: "made-up" },
      claude: { max_agents: 2 },
    });
    if (turns > 0) fillLedger(bot, turns, isOpen);
    const begunAtMs = Date.now();
    const { readyMs, stop } = await bot.start();
    const asked = bot.discord.requests.find(({ path }) => path === "/gateway/bot");
    ready.push(readyMs);
    before.push((asked?.atMs ?? Number.NaN) - begunAtMs);
    await stop();
    await bot.close();
  }
  return { readyMs: median(ready), beforeMs: median(before) };
}

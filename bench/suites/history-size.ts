import { createBot } from "../support/bot.ts";
import { fillLedger } from "../support/fill-ledger.ts";
import { median } from "../support/median.ts";
import { cpuMsOf, LIGHT_CLAUDE, rssMbOf } from "../support/processes.ts";
import { rounds } from "../support/rounds.ts";
import { rounded, type Suite } from "../support/suite.ts";
import { askIn } from "../support/turn-times.ts";

const SIZES = process.env.BENCH_QUICK === "1" ? [10, 1_000] : [10, 10_000, 1_000_000];

export const suite: Suite = {
  title: "A long history",
  about:
    "The same turns with 10, 10,000 and 1,000,000 turns in the ledger: what has ended must cost nothing. Ten " +
    "conversations, a light stand-in for the CLI; one turn after the other.",
  run: async () => {
    const results = [];
    for (const size of SIZES) results.push({ size, ...(await measure(size)) });
    const [least, most] = [results[0], results.at(-1)];
    const ratio = (kind: "endMs" | "cpuMsPerTurn" | "readyMs") =>
      rounded((most?.[kind] ?? Number.NaN) / (least?.[kind] ?? Number.NaN));
    return {
      columns: [
        "turns in the ledger",
        "end of a turn, ms",
        "CPU of the daemon / turn, ms",
        "start, ms",
        "RSS, MB",
      ],
      rows: results.map(({ size, endMs, cpuMsPerTurn, readyMs, rssMb }) => [
        size.toLocaleString("en"),
        rounded(endMs),
        rounded(cpuMsPerTurn),
        rounded(readyMs),
        rounded(rssMb),
      ]),
      ratios: {
        "end of a turn: most / fewest": { value: ratio("endMs"), better: "lower", goal: 1.3, noise: 0.3 },
        "CPU per turn: most / fewest": {
          value: ratio("cpuMsPerTurn"),
          better: "lower",
          goal: 1.3,
          noise: 0.3,
        },
        "start: most / fewest": { value: ratio("readyMs"), better: "lower", goal: 1.5, noise: 0.4 },
      },
    };
  },
};

async function measure(size: number) {
  const bot = await createBot({
    channels: 10,
    command: LIGHT_CLAUDE,
    env: { ANTHROPIC_API_KEY: "made-up" },
    claude: { max_agents: 10 },
  });
  fillLedger(bot, size, () => false);
  const daemon = await bot.start();
  const ask = (turn: number) => {
    const channel = bot.channels[turn % 10] ?? { id: "" };
    return askIn(bot.discord, bot.ann, channel, `m${turn}`, `m${turn} line 1 of 1`);
  };
  for (let turn = 0; turn < 50; turn += 1) await ask(turn);
  const before = cpuMsOf(daemon.pid);
  const times: number[] = [];
  for (let turn = 0; turn < rounds(300); turn += 1) times.push((await ask(turn)).endMs);
  const cpuMsPerTurn = (cpuMsOf(daemon.pid) - before) / times.length;
  const rssMb = rssMbOf(daemon.pid);
  await daemon.stop();
  await bot.close();
  return { endMs: median(times), cpuMsPerTurn, readyMs: daemon.readyMs, rssMb };
}

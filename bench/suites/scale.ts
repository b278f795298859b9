import { createBot } from "../support/bot.ts";
import { median, quantile } from "../support/median.ts";
import { cpuMsOf, LIGHT_CLAUDE, rssMbOf } from "../support/processes.ts";
import { rounds } from "../support/rounds.ts";
import { rounded, type Suite } from "../support/suite.ts";
import { askIn } from "../support/turn-times.ts";

const SIZES = [1, 10, 100, 500];
/** Turns of one measurement, over all conversations. */
const TURNS = 1_000;
/** Far below what the machine can do, so that latency is not the length of a queue. */
const PACED_PER_SECOND = 10;

export const suite: Suite = {
  title: "Many conversations",
  about:
    "1 to 500 conversations, each with its own agent, a light stand-in for the CLI. *Throughput*: every conversation " +
    "asks again as soon as it is answered. *Latency*: ten questions a second, spread over all. The loopback Discord " +
    "and the people run on the same two cores. CPU and memory are the daemon's alone.",
  run: async () => {
    const results: ({ size: number } & Awaited<ReturnType<typeof measure>>)[] = [];
    for (const size of SIZES) results.push({ size, ...(await measure(size)) });
    const of = (size: number) => results.find((result) => result.size === size);
    const cpu = (size: number) => of(size)?.cpuMsPerTurn ?? Number.NaN;
    const rss = (size: number) => of(size)?.rssMb ?? Number.NaN;
    return {
      columns: [
        "conversations",
        "turns / s",
        "p50, ms",
        "p99, ms",
        "CPU of the daemon / turn, ms",
        "RSS, MB",
      ],
      rows: results.map(({ size, perSecond, p50, p99, cpuMsPerTurn, rssMb }) => [
        String(size),
        rounded(perSecond),
        rounded(p50),
        rounded(p99),
        rounded(cpuMsPerTurn),
        rounded(rssMb),
      ]),
      ratios: {
        "CPU per turn: 500 conversations / 10": {
          value: rounded(cpu(500) / cpu(10)),
          better: "lower",
          goal: 1.5,
          noise: 0.4,
        },
        "memory: 500 conversations / 10": {
          value: rounded(rss(500) / rss(10)),
          better: "lower",
          goal: 2,
          noise: 0.3,
        },
      },
    };
  },
};

async function measure(size: number) {
  const bot = await createBot({
    channels: size,
    command: LIGHT_CLAUDE,
    env: { ANTHROPIC_API_KEY: "made-up" },
    claude: { max_agents: size, idle_timeout: "1h" },
  });
  const daemon = await bot.start();
  let marker = 0;
  const ask = (index: number) => {
    const channel = bot.channels[index % size] ?? { id: "" };
    marker += 1;
    const word = `m${marker}`;
    return askIn(bot.discord, bot.ann, channel, word, `${word} line 1 of 1`);
  };

  // Every agent is up, and the code is warm, before anything counts.
  await inBatches(size, 20, ask);
  await inBatches(Math.max(100 - size, 0), 1, ask);

  const turns = rounds(TURNS);
  const before = cpuMsOf(daemon.pid);
  const begun = performance.now();
  let asked = 0;
  const person = async (index: number) => {
    while (asked < turns) {
      asked += 1;
      await ask(index);
    }
  };
  await Promise.all(bot.channels.map((_, index) => person(index)));
  const seconds = (performance.now() - begun) / 1000;
  const cpuMsPerTurn = (cpuMsOf(daemon.pid) - before) / asked;

  const times: number[] = [];
  const running: Promise<unknown>[] = [];
  for (let turn = 0; turn < rounds(200); turn += 1) {
    running.push(ask(turn).then(({ endMs }) => times.push(endMs)));
    await new Promise((resolve) => setTimeout(resolve, 1000 / PACED_PER_SECOND));
  }
  await Promise.all(running);
  const rssMb = rssMbOf(daemon.pid);
  await daemon.stop();
  await bot.close();
  return { perSecond: asked / seconds, p50: median(times), p99: quantile(times, 0.99), cpuMsPerTurn, rssMb };
}

async function inBatches(count: number, atOnce: number, work: (index: number) => Promise<unknown>) {
  for (let index = 0; index < count; index += atOnce) {
    const batch = Array.from({ length: Math.min(atOnce, count - index) }, (_, more) => work(index + more));
    await Promise.all(batch);
  }
}

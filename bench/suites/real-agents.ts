import { freemem } from "node:os";
import { setTimeout as delay } from "node:timers/promises";
import { startScriptedModel } from "../../src/loopback/model/scripted-model.ts";
import { processesWith } from "../../tests/support/processes-with.ts";
import { createBot } from "../support/bot.ts";
import { median } from "../support/median.ts";
import { cpuMsOf, pssMbOf } from "../support/processes.ts";
import { rounded, type Suite } from "../support/suite.ts";
import { askIn } from "../support/turn-times.ts";

const SIZES = process.env.BENCH_QUICK === "1" ? [1, 2] : [1, 5, 20];
const IDLE_MS = 30_000;
const ANSWER = "The answer.";

export const suite: Suite = {
  title: "Warm agents",
  about:
    "Real `claude` processes after one turn each: their memory as PSS (pages that they share are counted in parts), " +
    "the CPU that they use while nobody talks to them, and how many fit into the memory that this machine had free.",
  run: async () => {
    const model = await startScriptedModel({ script: () => ANSWER });
    const free = freemem() / 1_000_000;
    const results = [];
    for (const size of SIZES) results.push({ size, ...(await measure(size, model.url)) });
    await model.stop();
    const [one, most] = [results[0], results.at(-1)];
    return {
      columns: ["agents", "PSS each, MB", "CPU while idle, ms / minute each", "of these would fit"],
      rows: results.map(({ size, pssMb, idleCpuMs }) => [
        String(size),
        rounded(pssMb),
        rounded(idleCpuMs),
        String(Math.floor(free / pssMb)),
      ]),
      ratios: {
        "memory each: most agents / one": {
          value: rounded((most?.pssMb ?? Number.NaN) / (one?.pssMb ?? Number.NaN)),
          better: "lower",
          goal: 1,
          noise: 0.25,
        },
      },
    };
  },
};

async function measure(size: number, modelUrl: string) {
  const env = { ANTHROPIC_BASE_URL: modelUrl, ANTHROPIC_API_KEY: "made-up" };
  const bot = await createBot({ channels: size, env, claude: { max_agents: size, idle_timeout: "1h" } });
  const daemon = await bot.start();
  for (const channel of bot.channels) await askIn(bot.discord, bot.ann, channel, "a question", ANSWER);
  // What starting left to be done is over by then.
  await delay(10_000);
  const pids = processesWith(`HOME=${bot.home}`).filter((pid) => pid !== daemon.pid);
  const pssMb = median(pids.map(pssMbOf));
  const cpu = () => pids.reduce((sum, pid) => sum + cpuMsOf(pid), 0);
  const before = cpu();
  await delay(IDLE_MS);
  const idleCpuMs = ((cpu() - before) / size) * (60_000 / IDLE_MS);
  await daemon.stop();
  await bot.close();
  return { pssMb, idleCpuMs };
}

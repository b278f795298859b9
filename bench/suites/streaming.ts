import { join } from "node:path";
import { createBot } from "../support/bot.ts";
import { cpuMsOf } from "../support/processes.ts";
import { rounded, type Suite } from "../support/suite.ts";
import { askIn } from "../support/turn-times.ts";

const STAND_IN = join(import.meta.dirname, "..", "..", "tests", "support", "stand-in-claude.js");
/** About 20 characters each, one every 25 ms: an answer as models write it. */
const LINES = process.env.BENCH_QUICK === "1" ? 100 : 1_000;

export const suite: Suite = {
  title: "A streamed answer",
  about:
    "One answer of 1,000 lines (20 kB) written over 25 seconds, with Discord's rate limits simulated: what is sent to " +
    "show it while it grows, and what that costs.",
  run: async () => {
    const bot = await createBot({
      channels: 1,
      command: STAND_IN,
      env: { ANTHROPIC_API_KEY: "made-up" },
      discord: { rateLimits: true },
      config: { replies: { acknowledge: false, max_messages: 20 } },
    });
    const daemon = await bot.start();
    const [channel = { id: "" }] = bot.channels;
    await askIn(bot.discord, bot.ann, channel, "m1", "m1 line 1 of 1");
    const cpu = cpuMsOf(daemon.pid);
    const from = bot.discord.requests.length;
    const last = `m2 line ${LINES} of ${LINES}`;
    await bot.ann.says(channel, `m2 lines=${LINES} pace=25`, { mention: true });
    await bot.discord.until(
      () => bot.discord.messages(channel).some(({ content }) => content.includes(last)),
      { timeoutMs: 120_000 },
    );
    const cpuMs = cpuMsOf(daemon.pid) - cpu;
    const requests = bot.discord.requests.slice(from);
    const count = (method: string) =>
      requests.filter((one) => one.method === method && one.path.includes("/messages"));
    const bytes = [...count("POST"), ...count("PATCH")].reduce(
      (sum, { body }) => sum + Buffer.byteLength(JSON.stringify(body ?? "")),
      0,
    );
    const whole = Array.from({ length: LINES }, (_, index) => `m2 line ${index + 1} of ${LINES}`).join(
      "\n",
    ).length;
    await daemon.stop();
    await bot.close();
    return {
      columns: [
        "messages",
        "edits",
        "answered 429",
        "bytes sent / bytes of the answer",
        "CPU of the daemon, ms",
      ],
      rows: [
        [
          String(count("POST").length),
          count("PATCH").length,
          bot.discord.rateLimited.length,
          rounded(bytes / whole),
          rounded(cpuMs),
        ],
      ],
      ratios: {
        "bytes sent / bytes of the answer": {
          value: rounded(bytes / whole),
          better: "lower",
          goal: 4,
          noise: 0.3,
        },
      },
    };
  },
};

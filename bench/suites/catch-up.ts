import { setTimeout as delay } from "node:timers/promises";
import { openDatabase } from "../../src/sqlite/database.ts";
import { createBot } from "../support/bot.ts";
import { LIGHT_CLAUDE } from "../support/processes.ts";
import { rounds } from "../support/rounds.ts";
import { rounded, type Suite } from "../support/suite.ts";

const CHANNELS = 50;
const MISSED = 1_000;

export const suite: Suite = {
  title: "Catch-up",
  about:
    "1,000 messages in 50 channels, written while the daemon was away, with Discord's rate limits simulated: from " +
    "the start of the process until the last is accepted (its row committed). The floor is the same start with " +
    "nothing missed.",
  run: async () => {
    const missed = rounds(MISSED);
    const bot = await createBot({
      channels: CHANNELS,
      command: LIGHT_CLAUDE,
      env: { ANTHROPIC_API_KEY: "made-up" },
      claude: { max_agents: 4 },
      discord: { rateLimits: true },
    });
    // A first run, so that every channel has a cursor.
    const first = await bot.start();
    await first.stop();
    const floor = await bot.start();
    await floor.stop();
    for (let index = 0; index < missed; index += 1) {
      const channel = bot.channels[index % CHANNELS] ?? { id: "" };
      await bot.ann.says(channel, `m${index}`, { mention: true });
    }
    const begun = performance.now();
    const daemon = await bot.start();
    const db = openDatabase(bot.databaseFile);
    const count = db.prepare("SELECT count(*) AS accepted FROM turns");
    while ((count.get() as { accepted: number }).accepted < missed) await delay(10);
    const acceptedMs = performance.now() - begun;
    db.close();
    const reads = bot.discord.requests.filter(
      ({ method, path }) => method === "GET" && path.endsWith("/messages"),
    ).length;
    const limited = bot.discord.rateLimited.length;
    await daemon.stop();
    await bot.close();
    return {
      columns: ["", "ms", "requests for history", "answered 429"],
      rows: [
        ["a start with nothing missed, to READY", rounded(floor.readyMs), "", ""],
        [
          `${missed.toLocaleString("en")} missed, until all are accepted`,
          rounded(acceptedMs),
          reads,
          limited,
        ],
      ],
      ratios: {
        "all accepted / a start with nothing missed": {
          value: rounded(acceptedMs / floor.readyMs),
          better: "lower",
          goal: 5,
          noise: 0.5,
        },
      },
    };
  },
};

import { randomUUID } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import { startScriptedModel } from "../../src/loopback/model/scripted-model.ts";
import { openDatabase } from "../../src/sqlite/database.ts";
import { createSessionStore } from "../../src/sqlite/sessions.ts";
import { bareCli } from "../support/bare-cli.ts";
import { createBot } from "../support/bot.ts";
import { CLAUDE } from "../support/processes.ts";
import { rounds } from "../support/rounds.ts";
import { rounded, type Suite } from "../support/suite.ts";
import { askIn, middle, type TurnTimes } from "../support/turn-times.ts";

const ANSWER = `The answer. ${"It says what an answer of usual length says. ".repeat(17)}`.trim();
const HISTORIES = [0, 100, 1_000];

export const suite: Suite = {
  title: "Long sessions",
  about:
    "The same turn in sessions that hold 0, 100 and 1,000 earlier ones of 800 characters each: on a warm agent, and " +
    "as a cold resume, in which the CLI reads the whole transcript. Real `claude`. Medians, in ms to the first text.",
  run: async () => {
    const model = await startScriptedModel({ script: () => ANSWER });
    const results = [];
    for (const turns of HISTORIES) {
      results.push({
        turns,
        ...(await measure(model.url, process.env.BENCH_QUICK === "1" ? turns / 10 : turns)),
      });
    }
    await model.stop();
    const [none, , thousand] = results;
    const ratio = (kind: "warm" | "cold") =>
      rounded((thousand?.[kind].firstMs ?? Number.NaN) / (none?.[kind].firstMs ?? Number.NaN));
    return {
      columns: ["earlier turns", "warm, first text", "warm, end", "cold resume, first text"],
      rows: results.map(({ turns, warm, cold }) => [
        turns.toLocaleString("en"),
        rounded(warm.firstMs),
        rounded(warm.endMs),
        rounded(cold.firstMs),
      ]),
      ratios: {
        "warm: 1,000 earlier turns / none": { value: ratio("warm"), better: "lower", goal: 2, noise: 0.4 },
        "cold: 1,000 earlier turns / none": { value: ratio("cold"), better: "lower", goal: 2, noise: 0.4 },
      },
    };
  },
};

async function measure(modelUrl: string, turns: number): Promise<{ warm: TurnTimes; cold: TurnTimes }> {
  const env = { ANTHROPIC_BASE_URL: modelUrl, ANTHROPIC_API_KEY: "made-up" };
  const bot = await createBot({ channels: 1, env, claude: { idle_timeout: "2s" } });
  const [channel = { id: "", name: "" }] = bot.channels;
  if (turns > 0) {
    const sessionId = randomUUID();
    const cli = await bareCli({
      command: CLAUDE,
      cwd: bot.projectDir,
      env: { PATH: process.env.PATH ?? "", HOME: bot.home, DISABLE_AUTOUPDATER: "1", ...env },
      args: ["--session-id", sessionId],
    });
    for (let turn = 0; turn < turns; turn += 1) await cli.ask(`earlier question ${turn}`);
    await cli.stop();
    const db = openDatabase(bot.databaseFile);
    const sessions = createSessionStore(db, Date.now);
    sessions.currentOrNew(channel.id, channel.name, sessionId);
    sessions.markStarted(channel.id, sessionId);
    db.close();
  }
  const daemon = await bot.start();
  const ask = (text: string) => askIn(bot.discord, bot.ann, channel, text, ANSWER);
  if (turns === 0) await ask("a first question");
  const cold: TurnTimes[] = [];
  for (let round = 0; round < rounds(5); round += 1) {
    await delay(4_000);
    cold.push(await ask(`cold ${round}`));
  }
  const warm: TurnTimes[] = [];
  for (let round = 0; round < rounds(20); round += 1) {
    warm.push(await ask(`warm ${round}`));
    await delay(100);
  }
  await daemon.stop();
  await bot.close();
  return { warm: middle(warm), cold: middle(cold) };
}

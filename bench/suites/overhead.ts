import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { type ScriptedModel, startScriptedModel } from "../../src/loopback/model/scripted-model.ts";
import { bareCli } from "../support/bare-cli.ts";
import { createBot } from "../support/bot.ts";
import { CLAUDE, end, launch } from "../support/processes.ts";
import { rounds } from "../support/rounds.ts";
import { rounded, type Suite } from "../support/suite.ts";
import { askIn, middle, type TurnTimes } from "../support/turn-times.ts";

const ANSWER = "This is the whole answer of a model that thinks of nothing and answers at once.";

export const suite: Suite = {
  title: "What a turn costs",
  about:
    "From a mention, as the gateway dispatches it, to the first text of its answer in the channel and to the whole. " +
    "Real discord.js, real `claude`, real SQLite, the loopback Discord, and a model that answers at once: what is " +
    "left is overhead. Beside it the bare warm CLI driven by a 30-line script, and a bot that starts a process for " +
    "each message, as the Python bot did. Medians, in ms.",
  run: async () => {
    const model = await startScriptedModel({ script: () => ANSWER });
    const floor = await measureFloor(model);
    const { warm, cold, typed } = await measureDaemon(model);
    const replaced = await measureProcessPerMessage(model);
    const floorAfterStart = await measureFirstTurnOfProcess(model);
    await model.stop();
    const row = (name: string, { firstMs, endMs }: TurnTimes) =>
      [name, rounded(firstMs), rounded(endMs), rounded(firstMs / floor.firstMs)] as const;
    return {
      columns: ["", "first text", "end", "first text / floor"],
      rows: [
        row("the bare warm CLI (the floor)", floor),
        row("the bare CLI, first turn of a process that is up", floorAfterStart),
        row("claude-coord, warm", warm),
        row("claude-coord, cold, started while the person typed", typed),
        row("claude-coord, cold resume", cold),
        row("a process per message", replaced),
      ],
      ratios: {
        "warm, first text / floor": {
          value: rounded(warm.firstMs / floor.firstMs),
          better: "lower",
          goal: 1.5,
          noise: 0.35,
        },
        "process per message / warm, first text": {
          value: rounded(replaced.firstMs / warm.firstMs),
          better: "higher",
          goal: 10,
          noise: 0.35,
        },
        "cold after typing / first turn of a bare process, first text": {
          value: rounded(typed.firstMs / floorAfterStart.firstMs),
          better: "lower",
          goal: 1.5,
          noise: 0.4,
        },
        "cold resume / process per message, first text": {
          value: rounded(cold.firstMs / replaced.firstMs),
          better: "lower",
          goal: 1.1,
          noise: 0.4,
        },
      },
    };
  },
};

const KEY = { ANTHROPIC_API_KEY: "made-up" };

function cliEnv(home: string, model: ScriptedModel) {
  return {
    PATH: process.env.PATH ?? "",
    HOME: home,
    ANTHROPIC_BASE_URL: model.url,
    ...KEY,
    DISABLE_AUTOUPDATER: "1",
  };
}

async function measureFloor(model: ScriptedModel): Promise<TurnTimes> {
  const home = mkdtempSync(join(tmpdir(), "claude-coord-bench-"));
  const cli = await bareCli({ command: CLAUDE, cwd: home, env: cliEnv(home, model) });
  await cli.ask("warm up");
  const times: TurnTimes[] = [];
  for (let round = 0; round < rounds(30); round += 1) times.push(await cli.ask(`round ${round}`));
  await cli.stop();
  rmSync(home, { recursive: true, force: true });
  return middle(times);
}

/** What "cold after typing" can reach at best: the process is up, but has not run a turn yet. */
async function measureFirstTurnOfProcess(model: ScriptedModel): Promise<TurnTimes> {
  const home = mkdtempSync(join(tmpdir(), "claude-coord-bench-"));
  const times: TurnTimes[] = [];
  for (let round = 0; round < rounds(6); round += 1) {
    const cli = await bareCli({ command: CLAUDE, cwd: home, env: cliEnv(home, model) });
    await cli.initialize();
    await delay(2_000);
    times.push(await cli.ask(`round ${round}`));
    await cli.stop();
  }
  rmSync(home, { recursive: true, force: true });
  return middle(times);
}

async function measureDaemon(model: ScriptedModel) {
  const env = { ANTHROPIC_BASE_URL: model.url, ...KEY };
  const ask = async (bot: Awaited<ReturnType<typeof createBot>>, text: string) => {
    const [channel = { id: "" }] = bot.channels;
    const times = await askIn(bot.discord, bot.ann, channel, text, ANSWER);
    // The footer of this answer must not run into the next question.
    await delay(100);
    return times;
  };

  const warmBot = await createBot({ channels: 1, env });
  const warmDaemon = await warmBot.start();
  await ask(warmBot, "warm up");
  const warm: TurnTimes[] = [];
  for (let round = 0; round < rounds(30); round += 1) warm.push(await ask(warmBot, `round ${round}`));
  await warmDaemon.stop();
  await warmBot.close();

  // Agents that end as soon as nobody uses them, so that each question finds none.
  const coldBot = await createBot({ channels: 1, env, claude: { idle_timeout: "1s" } });
  const coldDaemon = await coldBot.start();
  await ask(coldBot, "warm up");
  const cold: TurnTimes[] = [];
  const typed: TurnTimes[] = [];
  const [channel = { id: "" }] = coldBot.channels;
  for (let round = 0; round < rounds(6); round += 1) {
    await delay(3_000);
    cold.push(await ask(coldBot, `cold ${round}`));
    await delay(3_000);
    await coldBot.ann.types(channel);
    // A person types for longer than the CLI takes to start.
    await delay(2_500);
    typed.push(await ask(coldBot, `typed ${round}`));
  }
  await coldDaemon.stop();
  await coldBot.close();
  return { warm: middle(warm), cold: middle(cold), typed: middle(typed) };
}

async function measureProcessPerMessage(model: ScriptedModel): Promise<TurnTimes> {
  const { home, discord, channels, ann, projectDir, close } = await createBot({ channels: 1 });
  const [channel = { id: "" }] = channels;
  const bot = await launch({
    args: [join(import.meta.dirname, "..", "support", "process-per-message.ts")],
    env: {
      ...cliEnv(home, model),
      BENCH_TOKEN: discord.token,
      BENCH_API_URL: discord.apiUrl,
      BENCH_DIR: projectDir,
      BENCH_CLAUDE: CLAUDE,
    },
    ready: /ready/,
    on: "stdout",
  });
  const times: TurnTimes[] = [];
  await askIn(discord, ann, channel, "warm up", ANSWER);
  for (let round = 0; round < rounds(10); round += 1) {
    times.push(await askIn(discord, ann, channel, `round ${round}`, ANSWER));
  }
  await end(bot);
  await close();
  return middle(times);
}

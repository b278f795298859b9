/*
 * What a turn costs from a mention to its first text and to its end, beside the bare CLI (the floor) and a process
 * per message (what we replace), in one run on one machine, with a model that answers at once. `npm run bench`.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type LoopbackDiscord, startLoopbackDiscord } from "../src/loopback/discord/server.ts";
import { startScriptedModel } from "../src/loopback/model/scripted-model.ts";
import { bareCli } from "./bare-cli.ts";
import { median } from "./median.ts";

const ROUNDS = Number(process.env.BENCH_ROUNDS ?? 30);
const ROOT = fileURLToPath(new URL("..", import.meta.url));
const CLAUDE = join(ROOT, "node_modules", ".bin", "claude");
const ANSWER = "This is the whole answer of a model that thinks of nothing and answers at once.";

const home = mkdtempSync(join(tmpdir(), "claude-coord-bench-"));
const model = await startScriptedModel({ script: () => ANSWER });
const env = {
  PATH: process.env.PATH ?? "",
  HOME: home,
  ANTHROPIC_BASE_URL: model.url,
  ANTHROPIC_API_KEY: "made-up",
  DISABLE_AUTOUPDATER: "1",
};

const floor = await measureFloor();
const [warm, cold, afterTyping] = await measureDaemon();
const replaced = await measureProcessPerMessage();
await model.stop();
rmSync(home, { recursive: true, force: true });

const rows = {
  "bare warm CLI (the floor)": floor,
  "claude-coord, warm": warm,
  "claude-coord, cold resume": cold,
  "claude-coord, cold, started while typing": afterTyping,
  "a process per message": replaced,
};
console.log("\nms, medians                                   first text      end   first text / floor");
for (const [name, { firstMs, endMs }] of Object.entries(rows)) {
  const ratio = (firstMs / floor.firstMs).toFixed(2);
  console.log(
    `${name.padEnd(44)} ${firstMs.toFixed(1).padStart(11)} ${endMs.toFixed(1).padStart(8)}   ${ratio.padStart(18)}`,
  );
}
console.log(
  `warm against a process per message: ${(replaced.firstMs / warm.firstMs).toFixed(1)} times faster to the first text`,
);
const result = { node: process.version, cpu: cpus()[0]?.model, cpus: cpus().length, rounds: ROUNDS, rows };
writeFileSync(join(ROOT, "bench", "results", "overhead.json"), `${JSON.stringify(result, null, 2)}\n`);

interface Times {
  readonly firstMs: number;
  readonly endMs: number;
}

function middle(times: readonly Times[]): Times {
  return {
    firstMs: median(times.map(({ firstMs }) => firstMs)),
    endMs: median(times.map(({ endMs }) => endMs)),
  };
}

async function measureFloor(): Promise<Times> {
  const cli = await bareCli({ command: CLAUDE, cwd: home, env });
  await cli.ask("warm up");
  const times: Times[] = [];
  for (let round = 0; round < ROUNDS; round += 1) times.push(await cli.ask(`round ${round}`));
  await cli.stop();
  return middle(times);
}

async function measureDaemon(): Promise<[Times, Times, Times]> {
  const discord = await startLoopbackDiscord();
  const channel = discord.addChannel("web");
  const ann = discord.addMember("ann");
  const write = (idleTimeout: string) => {
    const config = {
      discord: { token: discord.token, api_url: discord.apiUrl },
      access: { users: [ann.id] },
      claude: {
        command: CLAUDE,
        idle_timeout: idleTimeout,
        env: { ANTHROPIC_BASE_URL: model.url, ANTHROPIC_API_KEY: "made-up" },
      },
      replies: { acknowledge: false },
      projects: [{ name: "web", channel_id: channel.id, project_dir: home }],
    };
    mkdirSync(join(home, ".claude-coordinator"), { recursive: true });
    writeFileSync(join(home, ".claude-coordinator", "config.yaml"), JSON.stringify(config), { mode: 0o600 });
  };
  const start = () =>
    launch(
      [join(ROOT, "bin", "claude-coord.js"), "serve"],
      { PATH: env.PATH, HOME: home },
      "stderr",
      /ready/,
    );
  const ask = (text: string) => timeOf(discord, channel.id, () => ann.says(channel, text, { mention: true }));

  write("10m");
  let daemon = await start();
  await ask("warm up");
  const warm: Times[] = [];
  for (let round = 0; round < ROUNDS; round += 1) warm.push(await ask(`round ${round}`));
  await end(daemon);

  const cold: Times[] = [];
  const typed: Times[] = [];
  for (let round = 0; round < Math.ceil(ROUNDS / 5); round += 1) {
    daemon = await start();
    cold.push(await ask(`cold ${round}`));
    await end(daemon);
    daemon = await start();
    await ann.types(channel);
    // A person types for longer than the CLI takes to start.
    await new Promise((resolve) => setTimeout(resolve, 2_500));
    typed.push(await ask(`typed ${round}`));
    await end(daemon);
  }
  await discord.stop();
  return [middle(warm), middle(cold), middle(typed)];
}

async function measureProcessPerMessage(): Promise<Times> {
  const discord = await startLoopbackDiscord();
  const channel = discord.addChannel("web");
  const ann = discord.addMember("ann");
  const bot = await launch(
    [fileURLToPath(new URL("process-per-message.ts", import.meta.url))],
    {
      ...env,
      BENCH_TOKEN: discord.token,
      BENCH_API_URL: discord.apiUrl,
      BENCH_DIR: home,
      BENCH_CLAUDE: CLAUDE,
    },
    "stdout",
    /ready/,
  );
  const times: Times[] = [];
  const ask = (text: string) => timeOf(discord, channel.id, () => ann.says(channel, text, { mention: true }));
  await ask("warm up");
  for (let round = 0; round < Math.ceil(ROUNDS / 3); round += 1) times.push(await ask(`round ${round}`));
  await end(bot);
  await discord.stop();
  return middle(times);
}

/** Ms from the dispatch of a message to the first text of its answer, and to its whole. */
async function timeOf(
  discord: LoopbackDiscord,
  channelId: string,
  say: () => Promise<unknown>,
): Promise<Times> {
  const begun = performance.now();
  let firstMs = Number.NaN;
  const whole = new Promise<number>((resolve) => {
    const stop = discord.onChange((change) => {
      if (change.type !== "MESSAGE_CREATE" && change.type !== "MESSAGE_UPDATE") return;
      if (change.channelId !== channelId || change.data.author?.id !== discord.bot.id) return;
      const { content = "" } = change.data;
      if (Number.isNaN(firstMs) && content.startsWith(ANSWER.slice(0, 4)))
        firstMs = performance.now() - begun;
      if (!content.startsWith(ANSWER)) return;
      stop();
      resolve(performance.now() - begun);
    });
  });
  await say();
  const endMs = await whole;
  // The footer of this answer must not run into the next question.
  await new Promise((resolve) => setTimeout(resolve, 100));
  return { firstMs, endMs };
}

async function launch(
  args: string[],
  environment: Record<string, string>,
  stream: "stdout" | "stderr",
  ready: RegExp,
) {
  const child = spawn(process.execPath, args, { env: environment, stdio: ["ignore", "pipe", "pipe"] });
  child.stdout.resume();
  child.stderr.resume();
  await new Promise<void>((resolve, reject) => {
    child[stream].on("data", (chunk: Buffer) => {
      if (ready.test(chunk.toString())) resolve();
    });
    child.once("exit", (code) => reject(new Error(`${args[0]} ended with ${code}`)));
  });
  return child;
}

async function end(child: ChildProcess): Promise<void> {
  child.kill("SIGTERM");
  await once(child, "exit");
}

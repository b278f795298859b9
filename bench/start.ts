import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { stringify } from "yaml";
import { loadConfig } from "../src/config/load.ts";
import { findPaths } from "../src/config/paths.ts";
import { EMPTY_END } from "../src/core/turn.ts";
import { startDaemon } from "../src/daemon/daemon.ts";
import { type LoopbackDiscord, startLoopbackDiscord } from "../src/loopback/discord/server.ts";
import { createCursorStore } from "../src/sqlite/cursors.ts";
import { openDatabase } from "../src/sqlite/database.ts";
import { createLedger } from "../src/sqlite/ledger.ts";

/*
 * node bench/start.ts: how long a daemon with 10,000 turns in 200 conversations takes from its start to `ready`, and
 * how much of that is the connection to Discord, READY and all. One turn in fifty is open; agents are a stand-in.
 */

const TURNS = 10_000;
const CONVERSATIONS = 200;
const RUNS = 5;
const STAND_IN = resolve(import.meta.dirname, "../tests/support/stand-in-claude.js");

async function main(): Promise<void> {
  for (let run = 1; run <= RUNS; run += 1) {
    const { totalMs, gatewayMs, requests } = await measure();
    const amounts = `${totalMs} ms to ready, ${gatewayMs} ms of it from asking for the gateway on`;
    console.log(`run ${run}: ${amounts}; ${requests} requests for missed messages by then`);
  }
}

async function measure(): Promise<{ totalMs: number; gatewayMs: number; requests: number }> {
  const home = mkdtempSync(join(tmpdir(), "claude-coord-bench-"));
  const discord = await startLoopbackDiscord();
  const env = { HOME: home, PATH: process.env.PATH, LANG: "C.UTF-8" };
  const paths = findPaths({ env });
  const force = AbortSignal.abort();
  try {
    mkdirSync(paths.home);
    const channels = Array.from({ length: CONVERSATIONS }, (_, index) => discord.addChannel(`c${index}`));
    writeFileSync(paths.config, stringify(written(discord, channels, home)), { mode: 0o600 });
    fill(paths.database, discord, channels);
    const { config } = loadConfig({ path: paths.config, env });
    const quiet = () => {};
    const log = { debug: quiet, info: quiet, warn: quiet, error: console.error, close: async () => {} };

    const startedAtMs = Date.now();
    const daemon = await startDaemon({ config: () => config, paths, env, log });
    const readyAtMs = Date.now();
    const askedAtMs = discord.requests.find(({ path }) => path === "/gateway/bot")?.atMs ?? Number.NaN;
    const requests = discord.requests.filter(
      ({ method, path }) => method === "GET" && path.endsWith("/messages"),
    );
    const result = { totalMs: readyAtMs - startedAtMs, gatewayMs: readyAtMs - askedAtMs };
    await daemon.stop(force);
    return { ...result, requests: requests.length };
  } finally {
    await discord.stop();
    rmSync(home, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  }
}

function written(discord: LoopbackDiscord, channels: readonly { id: string; name: string }[], home: string) {
  return {
    discord: { token: discord.token, api_url: discord.apiUrl },
    access: "everyone",
    claude: { command: STAND_IN, env: { ANTHROPIC_API_KEY: "made-up-key" }, kill_grace: "1s", max_agents: 2 },
    projects: channels.map(({ id, name }) => {
      const projectDir = join(home, name);
      mkdirSync(projectDir);
      return { name, channel_id: id, project_dir: projectDir };
    }),
  };
}

function fill(file: string, discord: LoopbackDiscord, channels: readonly { id: string; name: string }[]) {
  const db = openDatabase(file);
  // Only the filling is in a hurry; the daemon opens the file anew.
  db.pragma("synchronous = OFF");
  const ledger = createLedger(db, Date.now);
  const cursors = createCursorStore(db);
  const prompt = "What does this function do? ".repeat(10);
  const answer = "It reads the file and counts its lines. ".repeat(50);
  for (let index = 0; index < TURNS; index += 1) {
    const channel = channels[index % CONVERSATIONS];
    if (channel === undefined) throw new Error("there is no channel");
    const id = `turn-${index}`;
    ledger.accept({
      id,
      conversationId: channel.id,
      guildId: discord.guild.id,
      projectName: channel.name,
      messageId: `1${String(index).padStart(17, "0")}`,
      authorId: discord.owner.id,
      authorName: "owner",
      prompt: `${prompt} m${index}`,
    });
    if (index % 50 === 0) continue;
    ledger.move(id, "start");
    ledger.end(id, { ...EMPTY_END, outcome: "answered", answer });
    ledger.move(id, "deliver");
  }
  for (const { id } of channels) cursors.advance(id, discord.messages(id).at(-1)?.id ?? id);
  db.close();
}

await main();

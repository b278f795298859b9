import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { parseArgs } from "node:util";
import { startLoopbackDiscord } from "../../src/loopback/discord/server.ts";
import { freePort } from "../support/free-port.ts";
import { parsePrometheusText } from "../support/prometheus-text.ts";
import { judge, type Measure } from "./judge.ts";

/*
 * `npm run soak`: the built daemon with a light stand-in for the CLI and a steady stream of turns. It fails when the
 * daemon's memory, descriptors, timers or files grow, or when turns are not answered.
 */

const { values } = parseArgs({
  options: {
    minutes: { type: "string", default: "30" },
    rate: { type: "string", default: "5" },
    channels: { type: "string", default: "20" },
  },
});
const minutes = Number(values.minutes);
const rate = Number(values.rate);

const home = mkdtempSync(join(tmpdir(), "claude-coord-soak-"));
const discord = await startLoopbackDiscord();
const port = await freePort();
const ann = discord.addMember("ann");
const channels = Array.from({ length: Number(values.channels) }, (_, index) =>
  discord.addChannel(`c${index}`),
);
const state = join(home, ".claude-coordinator");
mkdirSync(state);
const projects = channels.map(({ id, name }) => {
  const dir = join(home, name);
  mkdirSync(dir);
  return { name, channel_id: id, project_dir: dir };
});
const config = {
  discord: { token: discord.token, api_url: discord.apiUrl },
  access: "everyone",
  limits: { member_per_minute: 0, project_per_minute: 0 },
  claude: {
    command: resolve(import.meta.dirname, "../support/stand-in-claude.js"),
    env: { ANTHROPIC_API_KEY: "made-up-key" },
    max_agents: channels.length,
  },
  health: { listen: `127.0.0.1:${port}` },
  projects,
};
writeFileSync(join(state, "config.yaml"), JSON.stringify(config), { mode: 0o600 });

const bin = resolve(import.meta.dirname, "../../bin/claude-coord.js");
const daemon = spawn(process.execPath, [bin, "serve"], {
  env: { HOME: home, PATH: process.env.PATH, LANG: "C.UTF-8" },
  stdio: ["ignore", "ignore", "inherit"],
});
const ended = once(daemon, "exit");
await discord.botIsOnline({ timeoutMs: 60_000 });

const measures: Measure[] = [];
let asked = 0;
const measure = async (): Promise<Measure> => {
  const text = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
  const samples = parsePrometheusText(text);
  const value = (name: string, label?: [string, string]) =>
    samples
      .filter((each) => each.name === name && (label === undefined || each.labels[label[0]] === label[1]))
      .reduce((sum, each) => sum + each.value, 0);
  return {
    atMinutes: (Date.now() - begun) / 60_000,
    rssMiB: value("process_resident_memory_bytes") / 2 ** 20,
    descriptors: value("process_open_fds"),
    timers: value("nodejs_active_resources", ["type", "Timeout"]),
    handles: value("nodejs_active_handles_total"),
    files: readdirSync(state, { recursive: true }).length,
    answered: value("claude_coord_turns_total", ["end", "answered"]),
    queued: value("claude_coord_queue_depth"),
    lagMs: value("nodejs_eventloop_lag_p99_seconds") * 1000,
  };
};

const begun = Date.now();
const end = begun + minutes * 60_000;
let nextMeasureAt = begun;
for (let tick = 0; Date.now() < end; tick += 1) {
  const channel = channels[tick % channels.length];
  if (channel !== undefined) {
    asked += 1;
    // What fails here is said at the end: fewer turns are answered than were asked.
    void ann.says(channel, `m${tick} lines=3 pace=10`, { mention: true }).catch(() => {});
  }
  if (Date.now() >= nextMeasureAt) {
    const now = await measure();
    measures.push(now);
    console.log(JSON.stringify(now));
    nextMeasureAt = Date.now() + Math.min(30_000, (minutes * 60_000) / 20);
  }
  await delay(Math.max(0, begun + ((tick + 1) * 1000) / rate - Date.now()));
}
for (let wait = 0; wait < 120 && (await measure()).queued > 0; wait += 1) await delay(500);
await delay(5_000);
const last = await measure();
measures.push(last);
daemon.kill("SIGTERM");
await ended;
await discord.stop();
rmSync(home, { recursive: true, force: true });

const { verdicts, isFlat } = judge(measures, { asked });
for (const verdict of verdicts) console.log(verdict);
process.exit(isFlat ? 0 : 1);

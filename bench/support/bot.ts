import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Person } from "../../src/loopback/discord/people/person.ts";
import {
  type LoopbackDiscord,
  type LoopbackDiscordOptions,
  startLoopbackDiscord,
} from "../../src/loopback/discord/server.ts";
import { CLAUDE, end, launch, ROOT } from "./processes.ts";

export interface BenchChannel {
  readonly id: string;
  readonly name: string;
}

/** A home for the built binary, a loopback Discord with as many channels as projects, and a member who may talk. */
export interface Bot {
  readonly home: string;
  readonly discord: LoopbackDiscord;
  readonly channels: readonly BenchChannel[];
  readonly ann: Person;
  readonly databaseFile: string;
  readonly projectDir: string;
  /** Starts `claude-coord serve`; `readyMs`: from the start of its process until it says that it is ready. */
  start(env?: Record<string, string>): Promise<{ pid: number; readyMs: number; stop(): Promise<void> }>;
  /** Ends Discord and removes the home. */
  close(): Promise<void>;
}

export async function createBot(options: {
  readonly channels: number;
  /** Default: the real one. */
  readonly command?: string;
  readonly claude?: Record<string, unknown>;
  readonly env?: Record<string, string>;
  readonly config?: Record<string, unknown>;
  readonly discord?: LoopbackDiscordOptions;
}): Promise<Bot> {
  const home = mkdtempSync(join(tmpdir(), "claude-coord-bench-"));
  const discord = await startLoopbackDiscord(options.discord);
  const channels = Array.from({ length: options.channels }, (_, index) => discord.addChannel(`c${index}`));
  const ann = discord.addMember("ann");
  const state = join(home, ".claude-coordinator");
  const projectDir = join(home, "project");
  for (const folder of [state, projectDir]) mkdirSync(folder);
  const config = {
    discord: { token: discord.token, api_url: discord.apiUrl },
    access: { users: [ann.id] },
    limits: { member_per_minute: 0, project_per_minute: 0, waiting: 0 },
    claude: { command: options.command ?? CLAUDE, env: options.env ?? {}, ...options.claude },
    replies: { acknowledge: false },
    projects: channels.map(({ id, name }) => ({ name, channel_id: id, project_dir: projectDir })),
    ...options.config,
  };
  writeFileSync(join(state, "config.yaml"), JSON.stringify(config), { mode: 0o600 });
  return {
    home,
    discord,
    channels,
    ann,
    databaseFile: join(state, "sessions.db"),
    projectDir,
    start: async (env = {}) => {
      const begun = performance.now();
      const child = await launch({
        args: [join(ROOT, "bin", "claude-coord.js"), "serve"],
        env: { PATH: process.env.PATH ?? "", HOME: home, ...env },
        ready: /\bINFO +ready/,
        on: "stderr",
      });
      const readyMs = performance.now() - begun;
      return { pid: child.pid ?? 0, readyMs, stop: () => end(child) };
    },
    close: async () => {
      await discord.stop();
      rmSync(home, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
    },
  };
}

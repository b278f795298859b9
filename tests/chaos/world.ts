import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join, resolve } from "node:path";
import { stringify } from "yaml";
import { INSTANCE_MARK } from "../../src/claude/environment.ts";
import type { Person } from "../../src/loopback/discord/people/person.ts";
import { type LoopbackDiscord, startLoopbackDiscord } from "../../src/loopback/discord/server.ts";
import { say } from "../../src/loopback/model/reply.ts";
import { type ScriptedModel, startScriptedModel } from "../../src/loopback/model/scripted-model.ts";
import { createCursorStore } from "../../src/sqlite/cursors.ts";
import { openDatabase } from "../../src/sqlite/database.ts";
import { killIfThere, processesWith } from "../support/processes-with.ts";
import type { Place } from "./plan.ts";
import { answerLines } from "./prompt-text.ts";

/** `stand-in`: quick, and fails on demand. `real`: the real CLI with a scripted model. */
export type AgentKind = "stand-in" | "real";

/** A home for the daemon, a Discord around it, and a person who talks there. */
export interface ChaosWorld {
  readonly discord: LoopbackDiscord;
  readonly person: Person;
  readonly databaseFile: string;
  readonly logFile: string;
  readonly env: Readonly<Record<string, string>>;
  channelOf(place: Place): { readonly id: string };
  /** The agents, without a CLI that is only asked for its version. */
  agentPids(): number[];
  /** Everything that runs for this home. */
  allPids(): number[];
  /** Ends and removes everything. */
  stop(): Promise<void>;
}

const REPOSITORY = resolve(import.meta.dirname, "../..");
const CLAUDE: Readonly<Record<AgentKind, string>> = {
  "stand-in": join(REPOSITORY, "tests/support/stand-in-claude.js"),
  real: join(REPOSITORY, "node_modules/.bin/claude"),
};

export interface WorldOptions {
  /** Whether an agent is to hang: elsewhere a slow machine is no reason to take one for stalled. */
  readonly hangs: boolean;
  /** Over what stands in the config. */
  readonly config: Readonly<Record<string, unknown>>;
}

/** `compileCache`: a directory in which Node keeps the stripped sources, shared by all runs. */
export async function createWorld(
  agent: AgentKind,
  compileCache: string,
  options: WorldOptions,
): Promise<ChaosWorld> {
  const home = mkdtempSync(join(tmpdir(), "claude-coord-chaos-"));
  const discord = await startLoopbackDiscord();
  const model = agent === "real" ? await startScriptedModel({ script: answerAsAsked }) : undefined;
  const person = discord.addMember("ann");
  const web = discord.addChannel("web");
  const api = discord.addChannel("api");
  const thread = await person.opensThread(web, "details");
  const places: Readonly<Record<Place, { readonly id: string }>> = { web, api, thread };

  const stateDir = join(home, ".claude-coordinator");
  mkdirSync(stateDir);
  const projects = [web, api].map(({ id, name }) => {
    const projectDir = join(home, name);
    mkdirSync(projectDir);
    return { name, channel_id: id, project_dir: projectDir };
  });
  writeFileSync(
    join(stateDir, "config.yaml"),
    stringify({ ...config(discord, agent, model, projects, options.hangs), ...options.config }),
    { mode: 0o600 },
  );
  const databaseFile = join(stateDir, "sessions.db");
  lookAtEachChannel(databaseFile, discord, [web, api]);

  return {
    discord,
    person,
    databaseFile,
    logFile: join(stateDir, "logs", "bot.log"),
    env: {
      PATH: [dirname(process.execPath), "/usr/local/bin", "/usr/bin", "/bin"].join(delimiter),
      HOME: home,
      LANG: "C.UTF-8",
      NODE_COMPILE_CACHE: compileCache,
    },
    channelOf: (place) => places[place],
    agentPids: () => processesWith(`${INSTANCE_MARK}=${databaseFile}`),
    allPids: () => processesWith(`HOME=${home}`),
    stop: async () => {
      for (const pid of processesWith(`HOME=${home}`)) killIfThere(pid);
      await discord.stop();
      await model?.stop();
      rmSync(home, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 });
    },
  };
}

function config(
  { apiUrl, token }: LoopbackDiscord,
  agent: AgentKind,
  model: ScriptedModel | undefined,
  projects: readonly object[],
  hangs: boolean,
) {
  return {
    discord: { token, api_url: apiUrl },
    access: "everyone",
    claude: {
      command: CLAUDE[agent],
      env: {
        ANTHROPIC_API_KEY: "made-up-key",
        ANTHROPIC_BASE_URL: model?.url ?? "http://127.0.0.1:9",
      },
      stall_timeout: hangs ? "20s" : "10m",
      kill_grace: "2s",
      max_agents: 2,
    },
    restart: "continue",
    shutdown: { grace: "1s" },
    projects,
  };
}

/** The bot has been in these channels before: a channel that it never saw begins where it first looks. */
function lookAtEachChannel(
  file: string,
  discord: LoopbackDiscord,
  channels: readonly { id: string }[],
): void {
  const db = openDatabase(file);
  const cursors = createCursorStore(db);
  for (const channel of channels) {
    cursors.advance(channel.id, discord.messages(channel).at(-1)?.id ?? channel.id);
  }
  db.close();
}

/** The model's side of what the stand-in does by itself. */
function answerAsAsked({ history }: { readonly history: readonly string[] }) {
  const prompt = history.findLast((text) => /\bm\d+ lines=/.test(text)) ?? "";
  const [, marker = "m0", lines = "1", pace = "0"] = /\b(m\d+) lines=(\d+) pace=(\d+)/.exec(prompt) ?? [];
  return say(answerLines(marker, Number(lines)).join("\n"), { chunkSize: 20, delayMs: Number(pace) });
}

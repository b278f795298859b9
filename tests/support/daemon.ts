import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { onTestFinished } from "vitest";
import { stringify } from "yaml";
import type { LoopbackDiscord } from "../../src/loopback/discord/server.ts";
import { expectNotSaid } from "./planted-token.ts";
import { tempDir } from "./temp-dir.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const BIN = join(ROOT, "bin", "claude-coord.js");

/** A project as a config file has it. */
export interface WrittenProject {
  readonly name: string;
  readonly channel_id: string;
  readonly [key: string]: unknown;
}

export interface DaemonFixture {
  readonly home: string;
  readonly configFile: string;
  readonly databaseFile: string;
  /** Starts the built binary and settles once it is ready. */
  start(env?: Record<string, string>): Promise<RunningDaemon>;
  /** Runs it to its end, for starts that fail. */
  startAndFail(): Promise<{ code: number | null; stderr: string }>;
  writeConfig(change: Record<string, unknown>): void;
  /** The lines of the log file. */
  log(): Record<string, unknown>[];
  /** Processes of agents that belong to this daemon's home. */
  agentPids(): number[];
}

export interface RunningDaemon {
  readonly pid: number;
  signal(signal: NodeJS.Signals): void;
  /** Exit code, or the signal's name. */
  readonly ended: Promise<number | NodeJS.Signals | null>;
  /** SIGTERM, then the end. */
  stop(): Promise<number | NodeJS.Signals | null>;
}

/** A home of its own for the real binary, with the loopback Discord and a scripted model at its far ends. */
export function daemonFixture(options: {
  discord: Pick<LoopbackDiscord, "apiUrl" | "token">;
  modelUrl: string;
  projects: readonly WrittenProject[];
  config?: Record<string, unknown>;
  env?: Record<string, string>;
}): DaemonFixture {
  const home = tempDir();
  const stateDir = join(home, ".claude-coordinator");
  mkdirSync(stateDir);
  const configFile = join(stateDir, "config.yaml");
  const projects = options.projects.map((project) => {
    const projectDir = join(home, "projects", project.name);
    mkdirSync(projectDir, { recursive: true });
    return { project_dir: projectDir, ...project };
  });
  const base = {
    discord: { token: options.discord.token, api_url: options.discord.apiUrl },
    access: "everyone",
    claude: { env: { ANTHROPIC_BASE_URL: options.modelUrl, ANTHROPIC_API_KEY: "made-up-key" } },
    projects,
  };
  const writeConfig = (change: Record<string, unknown>) => {
    writeFileSync(configFile, stringify({ ...base, ...options.config, ...change }), { mode: 0o600 });
  };
  writeConfig({});

  const launch = (env: Record<string, string> = {}) => {
    const child = spawn(process.execPath, [BIN, "serve"], {
      env: { PATH: process.env.PATH, HOME: home, LANG: "C.UTF-8", ...options.env, ...env },
      stdio: ["ignore", "ignore", "pipe"],
    });
    let stderr = "";
    child.stderr.on("data", (chunk: Buffer) => {
      stderr += chunk.toString();
    });
    onTestFinished(async () => {
      await end(child);
      expectNotSaid("what the daemon printed", stderr);
    });
    // Before that one: the agents still run.
    onTestFinished(expectCleanAgents);
    return { child, stderr: () => stderr };
  };

  const agentPids = () => pidsWithEnvironment(`HOME=${home}`).filter((pid) => !isDaemon(pid));
  /** Agents, and what they have started, were not given the token. */
  const expectCleanAgents = () => {
    for (const pid of agentPids()) expectNotSaid("an agent's environment", environmentOf(pid));
  };
  return {
    home,
    configFile,
    databaseFile: join(stateDir, "sessions.db"),
    writeConfig,
    start: async (env) => {
      const { child, stderr } = launch(env);
      const ended = new Promise<number | NodeJS.Signals | null>((resolve) => {
        child.once("exit", (code, signal) => resolve(code ?? signal));
      });
      const ready = new Promise<void>((resolve) => {
        child.stderr?.on("data", () => {
          if (/\bINFO +ready/.test(stderr())) resolve();
        });
      });
      const first = await Promise.race([ready.then(() => "ready"), ended]);
      if (first !== "ready") throw new Error(`the daemon ended with ${first}:\n${stderr()}`);
      const signal = (name: NodeJS.Signals) => {
        expectCleanAgents();
        child.kill(name);
      };
      return {
        pid: child.pid ?? 0,
        signal,
        ended,
        stop: () => {
          signal("SIGTERM");
          return ended;
        },
      };
    },
    startAndFail: async () => {
      const { child, stderr } = launch();
      const [code] = (await once(child, "close")) as [number | null];
      return { code, stderr: stderr() };
    },
    log: () =>
      readFileSync(join(stateDir, "logs", "bot.log"), "utf8")
        .split("\n")
        .filter((line) => line !== "")
        .map((line) => JSON.parse(line) as Record<string, unknown>),
    agentPids,
  };
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, "exit");
  child.kill("SIGTERM");
  const timer = setTimeout(() => child.kill("SIGKILL"), 10_000);
  await ended;
  clearTimeout(timer);
}

function isDaemon(pid: number): boolean {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8").includes("claude-coord.js");
  } catch {
    return false;
  }
}

/** Empty for a process that is gone. */
function environmentOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/environ`, "utf8");
  } catch {
    return "";
  }
}

/** Linux only, as the sweep of orphans is. */
export function pidsWithEnvironment(entry: string): number[] {
  const listed = execFileSync("ls", ["/proc"], { encoding: "utf8" }).split("\n");
  return listed
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      try {
        const environment = readFileSync(`/proc/${name}/environ`, "utf8");
        return environment.split("\0").includes(entry) ? [Number(name)] : [];
      } catch {
        return [];
      }
    });
}

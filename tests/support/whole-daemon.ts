import { mkdirSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import type { APIMessage } from "discord-api-types/v10";
import { onTestFinished } from "vitest";
import { stringify } from "yaml";
import { loadConfig } from "../../src/config/load.ts";
import { findPaths, type Paths } from "../../src/config/paths.ts";
import { type Daemon, startDaemon } from "../../src/daemon/daemon.ts";
import type { Logger } from "../../src/daemon/logging/logger.ts";
import type { Person } from "../../src/loopback/discord/people/person.ts";
import {
  type LoopbackDiscord,
  type LoopbackDiscordOptions,
  startLoopbackDiscord,
} from "../../src/loopback/discord/server.ts";
import { written } from "./answers.ts";
import { tempDir } from "./temp-dir.ts";

const STAND_IN = resolve(import.meta.dirname, "stand-in-claude.js");

/** A daemon in the test's own process, with a loopback Discord and a stand-in for the CLI at its far ends. */
export interface WholeDaemon {
  readonly discord: LoopbackDiscord;
  readonly ann: Person;
  readonly web: { readonly id: string };
  readonly paths: Paths;
  readonly lines: readonly LogLine[];
  /** Changes the config, and its first project, as an edit of the file does. */
  configure(change: Record<string, unknown>, project?: Record<string, unknown>): void;
  /** Adds a project to the config, as an edit of the file does while the daemon runs. */
  addProject(name: string, channel: { readonly id: string }): void;
  /** Settles once it is ready; it ends with the test, or when stopped. */
  start(): Promise<Daemon>;
  stop(daemon: Daemon): Promise<void>;
  /** Lets an answer go on that was asked for with `until=go`. */
  goOn(): void;
  /** What the bot has written in the channel, oldest first. */
  contents(channel?: { readonly id: string }): string[];
  /** Settles when the bot's messages in the channel are as wanted. */
  until(condition: (contents: string[], messages: APIMessage[]) => boolean): Promise<unknown>;
}

export interface LogLine {
  readonly level: "debug" | "info" | "warn" | "error";
  readonly message: string;
  readonly fields: Record<string, unknown>;
}

export interface WholeDaemonOptions {
  readonly discord?: LoopbackDiscordOptions;
  /** As a function, for what depends on the guild: its roles, its people. */
  readonly config?: Record<string, unknown> | ((discord: LoopbackDiscord) => Record<string, unknown>);
  readonly project?: Record<string, unknown>;
  /** Further ones; each gets a folder of its name. */
  readonly projects?: (
    discord: LoopbackDiscord,
  ) => readonly (Record<string, unknown> & { readonly name: string })[];
  /** When it ends; default: with the test. */
  readonly atEnd?: (end: () => void | Promise<void>) => void;
  /** Added to the daemon's environment. */
  readonly env?: Record<string, string>;
}

/** `config` and `project` go over what stands in the config file. */
export async function wholeDaemon(options: WholeDaemonOptions = {}): Promise<WholeDaemon> {
  const { atEnd = onTestFinished } = options;
  const discord = await startLoopbackDiscord(options.discord);
  atEnd(() => discord.stop());
  const home = tempDir(atEnd);
  const web = discord.addChannel("web");
  const ann = discord.addMember("ann");
  const env = { HOME: home, PATH: process.env.PATH, LANG: "C.UTF-8", ...options.env };
  const paths = findPaths({ env });
  const inFolder = <P extends { readonly name: string }>(project: P) => ({
    project_dir: join(home, project.name),
    ...project,
  });
  mkdirSync(paths.home);
  const configured = {
    discord: { token: discord.token, api_url: discord.apiUrl },
    access: "everyone",
    claude: { command: STAND_IN, env: { ANTHROPIC_API_KEY: "made-up-key" }, kill_grace: "1s" },
    shutdown: { grace: "1s" },
    ...(typeof options.config === "function" ? options.config(discord) : options.config),
    projects: [
      { ...inFolder({ name: "web", channel_id: web.id }), ...options.project },
      ...(options.projects?.(discord) ?? []).map(inFolder),
    ],
  };
  for (const { project_dir } of configured.projects) mkdirSync(project_dir, { recursive: true });
  const load = () => {
    writeFileSync(paths.config, stringify(configured), { mode: 0o600 });
    return loadConfig({ path: paths.config, env }).config;
  };
  let config = load();
  const { log, lines } = collectingLogger();

  const contents = (channel = web) => written(discord, channel).map(({ content }) => content);
  const stop = (daemon: Daemon) => daemon.stop(AbortSignal.abort());
  return {
    discord,
    ann,
    web,
    paths,
    lines,
    configure: (change, project) => {
      Object.assign(configured, change);
      Object.assign(configured.projects[0] ?? {}, project);
      config = load();
    },
    addProject: (name, { id }) => {
      configured.projects.push({ name, channel_id: id, project_dir: join(home, "web") });
      config = load();
    },
    start: async () => {
      const daemon = await startDaemon({ config: () => config, paths, env, log });
      atEnd(() => stop(daemon));
      return daemon;
    },
    stop,
    goOn: () => writeFileSync(join(home, "web", "go"), ""),
    contents,
    until: (condition) =>
      discord.until(() => condition(contents(), written(discord, web)), { timeoutMs: 30_000 }),
  };
}

function collectingLogger(): { log: Logger; lines: LogLine[] } {
  const lines: LogLine[] = [];
  const at = (level: LogLine["level"]) => (message: string, fields?: object) =>
    void lines.push({ level, message, fields: { ...fields } });
  const log = { debug: at("debug"), info: at("info"), warn: at("warn"), error: at("error") };
  return { log, lines };
}

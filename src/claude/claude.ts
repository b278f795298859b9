import { performance } from "node:perf_hooks";
import type { StartAgent } from "../core/agents/agent.ts";
import { createAgent } from "./agent.ts";
import type { AgentLog } from "./agent-deps.ts";
import { type ClaudeCheck, checkClaude } from "./check.ts";
import type { Credential } from "./environment.ts";
import { type ClaudeLogin, readLogin } from "./login.ts";
import { type Orphan, sweepOrphans } from "./orphans.ts";
import { prepareStart } from "./prepare.ts";
import { programId } from "./program-id.ts";
import { findSetpriv } from "./setpriv.ts";

export interface ClaudeOptions {
  /** Path of the CLI, or its name on `path`. */
  readonly command: string;
  /** The PATH of the CLI and its tools; also where `command` is looked for. */
  readonly path: string;
  readonly home: string;
  /** CLAUDE_CONFIG_DIR, when sessions and login are not in `home`. */
  readonly configDir?: string | undefined;
  /** Without one, the CLI's own login counts. */
  readonly credential?: Credential | undefined;
  /** An environment of which only LANG, LANGUAGE, LC_* and TZ are passed on. */
  readonly locale: Readonly<Record<string, string | undefined>>;
  /** `claude.env` of the config. */
  readonly extraEnv: Readonly<Record<string, string>>;
  /** Names this installation, the same after a restart: by it the leftovers of a crash are found. */
  readonly instanceId: string;
  readonly log: AgentLog;
  readonly limits?: {
    /** Default 32 MiB. */
    readonly maxLineBytes?: number;
    /** Until an agent must have answered for the first time; default 60 s. */
    readonly startTimeoutMs?: number;
    /** From SIGTERM to SIGKILL, where no `stop` command says otherwise; default 5 s. */
    readonly killGraceMs?: number;
    /** Attempts after a failed request to the model; default 3. */
    readonly retries?: number;
  };
}

/** The `claude` CLI of one installation. */
export interface Claude {
  readonly start: StartAgent;
  /** Names the program on disk as it is now, so that an update is noticed; empty before the first `check`. */
  program(): string;
  /** Throws CoordError with what to do when no agent could work. */
  check(): Promise<ClaudeCheck>;
  /** Whether a login is configured; undefined when the CLI can't tell. */
  login(): Promise<ClaudeLogin | undefined>;
  /** Ends what agents of a daemon that is gone left running. Before the first start, and now and then. */
  sweepOrphans(): Promise<Orphan[]>;
}

export function createClaude(options: ClaudeOptions): Claude {
  const limits = {
    maxLineBytes: 32 * 1024 * 1024,
    startTimeoutMs: 60_000,
    killGraceMs: 5000,
    retries: 3,
    ...options.limits,
  };
  let setpriv: Promise<string | undefined> | undefined;
  const start = {
    ...options,
    // Said in `claude.env`, they hold for our own looks into these directories too.
    home: options.extraEnv.HOME ?? options.home,
    configDir: options.configDir ?? options.extraEnv.CLAUDE_CONFIG_DIR,
    retries: limits.retries,
    leftoverGraceMs: LEFTOVER_GRACE_MS,
    setpriv: () => {
      setpriv ??= findSetpriv(options.path);
      return setpriv;
    },
  };
  const deps = {
    ...limits,
    log: options.log,
    now: () => performance.now(),
    prepare: (spec: Parameters<StartAgent>[0]) => prepareStart(start, spec),
  };
  let executable: string | undefined;
  return {
    start: (spec, onEvent) => createAgent(deps, spec, onEvent),
    program: () => (executable === undefined ? "" : programId(executable)),
    check: async () => {
      const found = await checkClaude(start);
      executable = found.executable;
      return found;
    },
    login: () => readLogin(start),
    sweepOrphans: () => sweepOrphans(options.instanceId, limits.killGraceMs),
  };
}

/** Tools whose agent is dead: nobody waits for what they do. */
const LEFTOVER_GRACE_MS = 1000;

import { randomUUID } from "node:crypto";
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, dirname, join, resolve } from "node:path";
import { expect, onTestFinished } from "vitest";
import { type Claude, type ClaudeOptions, createClaude } from "../../src/claude/claude.ts";
import { endProcesses } from "../../src/claude/end-processes.ts";
import { INSTANCE_MARK } from "../../src/claude/environment.ts";
import { findProcesses } from "../../src/claude/process-table.ts";
import type { Agent, AgentEvent, AgentSpec, AgentTurnEnd } from "../../src/core/agents/agent.ts";

type EventOf<Type extends AgentEvent["type"]> = Extract<AgentEvent, { type: Type }>;

/** An agent whose events are kept, and can be waited for. */
export interface WatchedAgent {
  readonly agent: Agent;
  readonly events: AgentEvent[];
  /** The first event of this type that passes, past or to come; rejects when the agent is gone without it. */
  until<Type extends AgentEvent["type"]>(
    type: Type,
    passes?: (event: EventOf<Type>) => boolean,
  ): Promise<EventOf<Type>>;
  /** Asks and waits for the end of that turn. */
  ask(text: string, turnId?: string): Promise<AgentTurnEnd>;
  /** Asks to stop and waits for the process and all it started to be gone. */
  stop(graceMs?: number): Promise<void>;
  textSoFar(): string;
}

export interface ClaudeBench {
  /** All but the log, so that they can be handed to another process. */
  readonly options: Omit<ClaudeOptions, "log">;
  readonly home: string;
  readonly projectDir: string;
  readonly instanceId: string;
  readonly claude: Claude;
  start(spec?: Partial<AgentSpec>): WatchedAgent;
}

/** A CLI with a home and a project of its own. After the test nothing of it is left, or the test fails. */
export async function claudeBench(options: Partial<ClaudeOptions> = {}): Promise<ClaudeBench> {
  const root = await mkdtemp(join(tmpdir(), "claude-coord-"));
  const home = join(root, "home");
  const projectDir = join(root, "project");
  await Promise.all([mkdir(home), mkdir(projectDir)]);
  const instanceId = randomUUID();
  const agents: WatchedAgent[] = [];
  onTestFinished(async () => {
    await Promise.all(agents.map((agent) => agent.stop(2000)));
    const left = await findProcesses((environment) => environment.get(INSTANCE_MARK) === instanceId);
    const pids = left.map((process) => process.pid);
    await endProcesses(pids, 0);
    await rm(root, { recursive: true, force: true, maxRetries: 5 });
    expect(pids).toEqual([]);
  });
  const claudeOptions = {
    command: join(REPOSITORY, "node_modules/.bin/claude"),
    path: [dirname(process.execPath), "/usr/local/bin", "/usr/bin", "/bin"].join(delimiter),
    home,
    locale: { LANG: "C.UTF-8" },
    extraEnv: {},
    instanceId,
    ...options,
  };
  const claude = createClaude({ log: SILENT, ...claudeOptions });
  return {
    options: claudeOptions,
    home,
    projectDir,
    instanceId,
    claude,
    start(spec = {}) {
      const agent = watch(claude, {
        sessionId: randomUUID(),
        conversationId: "10",
        resume: false,
        continueInterrupted: false,
        projectDir,
        model: "sonnet",
        allowedTools: [],
        systemPrompt: undefined,
        permissionMode: "default",
        ...spec,
      });
      agents.push(agent);
      return agent;
    },
  };
}

/** The path of a fixture that stands in for the CLI. */
export function fixtureAgent(name: string): string {
  return join(REPOSITORY, "tests/fixtures/agents", `${name}.js`);
}

const REPOSITORY = resolve(import.meta.dirname, "../..");
const ignore = () => {};
const SILENT = { debug: ignore, info: ignore, warn: ignore, error: ignore };

function watch(claude: Claude, spec: AgentSpec): WatchedAgent {
  const events: AgentEvent[] = [];
  const listeners = new Set<() => void>();
  const agent = claude.start(spec, (event) => {
    events.push(event);
    for (const listener of [...listeners]) listener();
  });

  const until: WatchedAgent["until"] = (type, passes = () => true) =>
    new Promise((resolve, reject) => {
      const look = () => {
        const found = events.find(
          (event): event is EventOf<typeof type> => event.type === type && passes(event as never),
        );
        const last = events.at(-1);
        if (!found && last?.type !== "exited") return;
        listeners.delete(look);
        if (found) resolve(found);
        else reject(new Error(`the agent is gone without ${type}: ${JSON.stringify(last)}`));
      };
      listeners.add(look);
      look();
    });

  return {
    agent,
    events,
    until,
    async ask(text, turnId = randomUUID()) {
      const endsBefore = events.filter((event) => event.type === "turn_ended").length;
      agent.send({ type: "turn", turnId, prompt: [{ type: "text", text }] });
      const ends = () => events.filter((event) => event.type === "turn_ended").slice(endsBefore);
      return (await until("turn_ended", (event) => event.turnId === turnId && ends().includes(event))).end;
    },
    async stop(graceMs = 5000) {
      agent.send({ type: "stop", graceMs });
      await agent.exited;
    },
    textSoFar: () => events.map((event) => (event.type === "text" ? event.text : "")).join(""),
  };
}

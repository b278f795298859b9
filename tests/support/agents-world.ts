import { randomUUID } from "node:crypto";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { onTestFinished } from "vitest";
import { createClaude } from "../../src/claude/claude.ts";
import { NO_GRANTS } from "../../src/core/access/grants.ts";
import { type AgentPool, createAgentPool } from "../../src/core/agents/agent-pool.ts";
import type { Turn, TurnEnd } from "../../src/core/turns/turn.ts";
import { createConversations } from "../../src/daemon/turns/conversations.ts";
import { createLedger } from "../../src/sqlite/ledger.ts";
import { createSessionStore } from "../../src/sqlite/sessions.ts";
import { testDatabase } from "./database.ts";
import { NO_SECRETS } from "./no-secrets.ts";
import { processesWith } from "./processes-with.ts";
import { projectIn } from "./projects.ts";
import { tempDir } from "./temp-dir.ts";

export interface AgentsWorld {
  /** Accepts a question; its end is found in `ends` by the id that this returns. */
  ask(conversationId: string, prompt: string): string;
  readonly ends: ReadonlyMap<string, { turn: Turn; end: TurnEnd }>;
  readonly pool: AgentPool;
  /** Pids of agents, and of whatever they have started. */
  processes(): number[];
  idle(): Promise<void>;
  stop(): Promise<void>;
}

/**
 * Conversations, the pool and the real claude room on a light stand-in for the CLI (or another `command`), with a
 * real database and without Discord: what is sent is kept in `ends`.
 */
export function agentsWorld(options: {
  maxAgents: number;
  command?: string;
  stallTimeoutMs?: number;
  startTimeoutMs?: number;
  env?: Record<string, string>;
}): AgentsWorld {
  const home = tempDir();
  const db = testDatabase(join(home, "sessions.db"));
  const ledger = createLedger(db, Date.now);
  const claude = createClaude({
    command: options.command ?? fileURLToPath(new URL("stand-in-claude.js", import.meta.url)),
    path: process.env.PATH ?? "",
    home,
    locale: {},
    extraEnv: { AGENTS_WORLD: home, ...options.env },
    instanceId: home,
    log: { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} },
    limits: { killGraceMs: 500, startTimeoutMs: options.startTimeoutMs ?? 20_000 },
  });
  const pool = createAgentPool({
    startAgent: claude.start,
    limits: () => ({
      maxAgents: options.maxAgents,
      idleTimeoutMs: 60_000,
      warmTimeoutMs: 60_000,
      afterTasksMs: 100,
      stallTimeoutMs: options.stallTimeoutMs ?? 20_000,
      stopGraceMs: 500,
    }),
    onUnprompted: (conversationId, event, sessionId) =>
      conversations.of(conversationId).unprompted(event, sessionId),
    now: Date.now,
  });
  const project = projectIn({ id: "1" }, { projectDir: home });
  const ends = new Map<string, { turn: Turn; end: TurnEnd }>();
  const conversations = createConversations({
    ledger,
    sessions: createSessionStore(db, Date.now),
    agents: pool,
    openReply: (turn) => ({
      begin: () => {},
      waits: () => {},
      show: () => {},
      askToContinue: async () => {},
      hold: async () => {},
      leave: async () => {},
      refused: async () => {},
      withdraw: async () => {},
      finish: async (end) => {
        if (ends.has(turn.id)) throw new Error(`the turn ${turn.prompt} ended twice`);
        ends.set(turn.id, { turn, end });
      },
    }),
    prepare: async (known) => known,
    promptOf: async ({ prompt }) => [{ type: "text", text: prompt }],
    stillAllowed: async () => undefined,
    budgetHold: () => undefined,
    gatherFiles: async () => {},
    questions: { open: () => {}, withdraw: () => {}, closeTurn: () => {} },
    grants: () => NO_GRANTS,
    project: () => project,
    timing: () => ({ stallTimeoutMs: options.stallTimeoutMs ?? 20_000, interruptGraceMs: 500 }),
    redactor: NO_SECRETS,
    secretFound: () => "",
    toolLine: (name) => name,
    newId: randomUUID,
    now: Date.now,
    report: (what) => what,
    storageTrouble: () => false,
  });
  const processes = () => processesWith(`AGENTS_WORLD=${home}`);
  const stop = async () => {
    await conversations.close(AbortSignal.abort());
    await pool.stop();
  };
  onTestFinished(stop);

  return {
    ask: (conversationId, prompt) => {
      const id = randomUUID();
      ledger.accept({
        id,
        conversationId,
        guildId: "1",
        projectName: "web",
        messageId: id,
        authorId: "1",
        authorName: "ann",
        prompt,
      });
      conversations.of(conversationId).wake();
      return id;
    },
    ends,
    pool,
    processes,
    idle: () => conversations.idle(),
    stop,
  };
}

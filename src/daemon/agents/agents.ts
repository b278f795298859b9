import { join } from "node:path";
import type { Claude } from "../../claude/claude.ts";
import type { AgentModel } from "../../core/agents/agent.ts";
import { type AgentPool, type AgentPoolDeps, createAgentPool } from "../../core/agents/agent-pool.ts";
import { withHostTools } from "../../core/agents/host-tools.ts";
import { createSendFile, SEND_FILE } from "../../files/send-file.ts";
import type { DaemonContext } from "../context.ts";
import { agentsThatFit } from "./agent-limit.ts";

/** An agent that was started because somebody typed waits this long for the message. */
const WARM_TIMEOUT_MS = 60_000;
const AFTER_TASKS_MS = 2_000;

export interface Agents {
  readonly pool: AgentPool;
  /** At most so many at a time. */
  maxAgents(): number;
  /** What the CLI last offered; empty before an agent has run. */
  models(): readonly AgentModel[];
}

/** The agents of all conversations, with our own tools on offer. */
export function openAgents(
  { config, paths, stores, events, redactor, secretFound, log }: DaemonContext,
  claude: Claude,
  onUnprompted: AgentPoolDeps["onUnprompted"],
): Agents {
  const fitting = agentsThatFit();
  const maxAgents = () => {
    const configured = config().claude.maxAgents;
    return configured === "auto" ? fitting : configured;
  };
  log.info("agents that may run at once", { max_agents: maxAgents() });

  let models: readonly AgentModel[] = [];
  const sendFile = createSendFile({
    store: stores.outgoing,
    root: paths.files,
    redactor,
    onSecret: (channelId) => void secretFound("file", { channelId }),
    log,
  });
  const pool = createAgentPool({
    startAgent: withHostTools(
      (spec, onEvent) => {
        const { conversationId } = spec;
        const additionalDirs = [join(paths.files, conversationId)];
        return claude.start({ ...spec, additionalDirs }, (event) => {
          if (event.type === "ready") models = event.models;
          onEvent(event);
          events.emit({ type: "agent", conversationId, event });
        });
      },
      {
        tools: [SEND_FILE],
        call: sendFile,
        onBug: (error) => log.error("a tool of ours failed", { error }),
      },
    ),
    limits: () => ({
      maxAgents: maxAgents(),
      idleTimeoutMs: config().claude.idleTimeoutMs,
      warmTimeoutMs: WARM_TIMEOUT_MS,
      afterTasksMs: AFTER_TASKS_MS,
      stallTimeoutMs: config().claude.stallTimeoutMs,
      stopGraceMs: config().claude.killGraceMs,
    }),
    onUnprompted,
    now: Date.now,
  });
  return { pool, maxAgents, models: () => models };
}

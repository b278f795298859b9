import type { Snowflake } from "../projects/project.ts";
import type { AgentSpec, ContextUsage, PermissionAnswer } from "./agent.ts";
import {
  type AgentLease,
  type PooledAgent,
  type PooledAgentDeps,
  type PooledAgentLimits,
  type Restriction,
  startPooledAgent,
} from "./pooled-agent.ts";

export interface AgentPoolLimits extends PooledAgentLimits {
  /** At most so many processes at once, those that are still ending among them. */
  readonly maxAgents: number;
  /** An agent that was started ahead of a message that never came is ended after this. */
  readonly warmTimeoutMs: number;
}

export interface AgentPoolDeps extends PooledAgentDeps {
  readonly limits: () => AgentPoolLimits;
}

export interface AgentPool {
  /**
   * The conversation's agent: the warm one, a new one, or, when all places are taken by busy agents, one as soon as
   * a place is free, in the order of asking. Rejects with the signal's reason when it is aborted while it waits.
   */
  take(conversationId: Snowflake, spec: AgentSpec, options: TakeOptions): Promise<AgentLease>;
  /** Starts the conversation's agent ahead of a message, if there is a place that no busy agent has and nobody waits for. */
  warm(conversationId: Snowflake, spec: AgentSpec): void;
  /** Answers a question of an agent that has the word by itself, without a lease. */
  answer(conversationId: Snowflake, requestId: string, answer: PermissionAnswer): void;
  /**
   * What fills the context of the conversation's session, from its agent, which is started for it where none runs.
   * Undefined when that can't be known in time. Never rejects.
   */
  context(conversationId: Snowflake, spec: AgentSpec, timeoutMs: number): Promise<ContextUsage | undefined>;
  /** Whether the conversation's agent runs a turn, has the word by itself or waits for background tasks. */
  isBusy(conversationId: Snowflake): boolean;
  /** Names the session of the conversation's agent, if that runs. */
  rename(conversationId: Snowflake, sessionId: string, title: string): void;
  /** Makes less allowed, at once and also for a turn that runs: what the rules name is asked about. */
  restrict(conversationId: Snowflake, change: Restriction): void;
  /** Ends the conversation's agent; settles when its process is gone. */
  end(conversationId: Snowflake): Promise<void>;
  /** The session of each running agent, by conversation. */
  sessions(): ReadonlyMap<Snowflake, string>;
  counts(): AgentCounts;
  /** Ends all agents; settles when no process is left. Nothing starts afterwards. */
  stop(): Promise<void>;
}

export interface TakeOptions {
  readonly signal: AbortSignal;
  /** Told when all places are busy: how many conversations wait before this one, and again when that changes. */
  readonly onWait: (ahead: number) => void;
}

export interface AgentCounts {
  readonly busy: number;
  readonly idle: number;
  readonly waiting: number;
}

/** Keeps agents warm between turns, never more than allowed, never two for one conversation. */
export function createAgentPool(deps: AgentPoolDeps): AgentPool {
  const agents = new Map<Snowflake, PooledAgent>();
  const waiting: Waiter[] = [];
  // Agents that would be good to have: whoever waits for one in earnest goes first.
  const wishes = new Map<Snowflake, AgentSpec>();
  let stopping = false;

  const open = (conversationId: Snowflake, spec: AgentSpec): PooledAgent => {
    const onGone = () => {
      agents.delete(conversationId);
      serve();
    };
    const agent = startPooledAgent(conversationId, spec, { ...deps, onChange: () => serve(), onGone });
    agents.set(conversationId, agent);
    return agent;
  };

  /** The conversation's agent, if it is not about to end. */
  const live = (conversationId: Snowflake): PooledAgent | undefined => {
    const agent = agents.get(conversationId);
    return agent?.state === "ending" ? undefined : agent;
  };

  /** Gives places to those who wait, in order; stops at the first who can't have one yet. */
  const serve = () => {
    for (let index = 0; index < waiting.length; ) {
      const waiter = waiting[index];
      if (waiter === undefined) break;
      const agent = tryTake(waiter, index);
      if (agent === undefined) {
        // Another's own warm agent needs no free place: it may go first without taking anything away.
        waiter.onWait(index);
        index += 1;
        continue;
      }
      waiting.splice(index, 1);
      waiter.resolve(agent.lease());
    }
    if (waiting.length === 0) grant();
  };

  /** Starts what is wished for, in the place of agents that nobody uses. */
  const grant = () => {
    for (const [conversationId, spec] of wishes) {
      if (agents.has(conversationId)) {
        wishes.delete(conversationId);
      } else if (agents.size < deps.limits().maxAgents) {
        wishes.delete(conversationId);
        open(conversationId, spec).rest(deps.limits().warmTimeoutMs);
      } else {
        return makeRoom(0);
      }
    }
  };

  /** Ends the agent that was longest unused, unless so many are ending already that there will be room. */
  const makeRoom = (ahead: number) => {
    const all = [...agents.values()];
    const ending = all.filter(({ state }) => state === "ending").length;
    if (ending > ahead) return;
    const oldest = all.filter(({ isFree }) => isFree).sort((a, b) => a.lastUsedMs - b.lastUsedMs)[0];
    if (oldest !== undefined) void oldest.close();
    // All are busy: a wish is not worth keeping until one is not.
    else if (ending === 0) wishes.clear();
  };

  const tryTake = ({ conversationId, spec }: Waiter, ahead: number): PooledAgent | undefined => {
    const own = agents.get(conversationId);
    if (own !== undefined) {
      if (own.state !== "idle" || own.isUnprompted) return undefined;
      if (own.adapt(spec)) return own;
      if (!own.hasTasks) void own.close();
      return undefined;
    }
    if (agents.size < deps.limits().maxAgents) return open(conversationId, spec);
    makeRoom(ahead);
    return undefined;
  };

  const take: AgentPool["take"] = (conversationId, spec, { signal, onWait }) =>
    new Promise((resolve, reject) => {
      if (stopping || signal.aborted) return reject(signal.reason ?? new Error("the agent pool is stopped"));
      const waiter: Waiter = { conversationId, spec, resolve, reject, onWait };
      waiting.push(waiter);
      signal.addEventListener("abort", () => {
        const index = waiting.indexOf(waiter);
        if (index < 0) return;
        waiting.splice(index, 1);
        reject(signal.reason);
      });
      serve();
    });

  return {
    take,

    context: async (conversationId, spec, timeoutMs) => {
      const signal = AbortSignal.timeout(timeoutMs);
      const running = live(conversationId);
      if (running?.spec.sessionId === spec.sessionId) return running.describe(signal);
      let lease: AgentLease | undefined;
      try {
        lease = await take(conversationId, spec, { signal, onWait: () => {} });
        return await agents.get(conversationId)?.describe(signal);
      } catch {
        return undefined;
      } finally {
        lease?.release();
      }
    },

    warm: (conversationId, spec) => {
      if (stopping || agents.has(conversationId)) return;
      wishes.set(conversationId, spec);
      serve();
    },

    answer: (conversationId, requestId, answer) => agents.get(conversationId)?.answer(requestId, answer),

    isBusy: (conversationId) => live(conversationId)?.isFree === false,

    rename: (conversationId, sessionId, title) => {
      const agent = live(conversationId);
      if (agent?.spec.sessionId === sessionId) agent.rename(title);
    },

    restrict: (conversationId, change) => live(conversationId)?.restrict(change),

    end: async (conversationId) => agents.get(conversationId)?.close(),

    sessions: () =>
      new Map([...agents.values()].map(({ conversationId, spec }) => [conversationId, spec.sessionId])),

    counts: () => {
      const all = [...agents.values()];
      const idle = all.filter(({ isFree }) => isFree).length;
      const ending = all.filter(({ state }) => state === "ending").length;
      return { busy: all.length - idle - ending, idle, waiting: waiting.length };
    },

    stop: async () => {
      stopping = true;
      wishes.clear();
      for (const waiter of waiting.splice(0)) waiter.reject(new Error("the agent pool is stopped"));
      await Promise.all([...agents.values()].map((agent) => agent.close()));
    },
  };
}

interface Waiter extends Pick<TakeOptions, "onWait"> {
  readonly conversationId: Snowflake;
  readonly spec: AgentSpec;
  readonly resolve: (lease: AgentLease) => void;
  readonly reject: (reason: unknown) => void;
}

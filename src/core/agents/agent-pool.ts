import type { PermissionMode, Snowflake } from "../projects/project.ts";
import { runTurn, type TurnRunOptions } from "../turns/turn-run.ts";
import type {
  Agent,
  AgentEvent,
  AgentSpec,
  AgentTurnEnd,
  ContextUsage,
  PermissionAnswer,
  StartAgent,
} from "./agent.ts";

export interface AgentPoolLimits {
  /** At most so many processes at once, those that are still ending among them. */
  readonly maxAgents: number;
  /** An agent that was not used for this long is ended. */
  readonly idleTimeoutMs: number;
  /** An agent that was started ahead of a message that never came is ended after this. */
  readonly warmTimeoutMs: number;
  /** How long an agent stays in use after its last background task: it speaks of it 20 ms later, as measured. */
  readonly afterTasksMs: number;
  /** An agent that has the word by itself and says nothing for this long is ended. */
  readonly stallTimeoutMs: number;
  /** How long a process may take to end by itself before it is killed. */
  readonly stopGraceMs: number;
}

export interface AgentPoolDeps {
  readonly startAgent: StartAgent;
  /** Asked each time, so that a changed config counts from then on. */
  readonly limits: () => AgentPoolLimits;
  /** What an agent says when no turn of ours runs: a background task ended, and it took up the word by itself. */
  readonly onUnprompted: (conversationId: Snowflake, event: AgentEvent, sessionId: string) => void;
  readonly now: () => number;
  /** Names the program that a new agent would run; another than an agent's own means that it was updated since. */
  readonly program?: () => string;
}

/** The use of a conversation's agent for one turn. */
export interface AgentLease {
  run(
    options: Omit<TurnRunOptions, "onEvent"> & { onEvent: (event: AgentEvent) => void },
  ): Promise<AgentTurnEnd>;
  answer(requestId: string, answer: PermissionAnswer): void;
  /** Gives the agent back; it stays warm. */
  release(): void;
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
  restrict(
    conversationId: Snowflake,
    change: { rules: readonly string[]; permissionMode: PermissionMode },
  ): void;
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
  const places = new Map<Snowflake, Place>();
  const waiting: Waiter[] = [];
  // Agents that would be good to have: whoever waits for one in earnest goes first.
  const wishes = new Map<Snowflake, AgentSpec>();
  let stopping = false;
  const questions = new Map<string, (context: ContextUsage | undefined) => void>();
  let asked = 0;

  const describe = (place: Place, signal: AbortSignal) =>
    new Promise<ContextUsage | undefined>((resolve) => {
      const requestId = String(++asked);
      const settle = (context: ContextUsage | undefined) => {
        questions.delete(requestId);
        resolve(context);
      };
      questions.set(requestId, settle);
      signal.addEventListener("abort", () => settle(undefined), { once: true });
      place.agent?.send({ type: "describe_context", requestId });
    });

  const open = (conversationId: Snowflake, spec: AgentSpec): Place => {
    const place: Place = {
      conversationId,
      spec,
      program: deps.program?.(),
      agent: undefined,
      state: "idle",
      tasks: 0,
      withdrawn: new Set(),
      unprompted: false,
      lastUsedMs: deps.now(),
      listener: undefined,
      timer: undefined,
      gone: undefined,
    };
    places.set(conversationId, place);
    place.agent = deps.startAgent(spec, (event) => hear(place, event));
    place.gone = place.agent.exited.then(() => {
      clearTimeout(place.timer);
      places.delete(conversationId);
      serve();
    });
    return place;
  };

  const hear = (place: Place, event: AgentEvent) => {
    if (event.type === "context_described") return questions.get(event.requestId)?.(event.context);
    if (event.type === "exited") place.state = "ending";
    if (event.type === "background") countTasks(place, event.tasks);
    if (event.type === "turn_started") place.unprompted = event.turnId === undefined;
    // A turn of ours that waits behind one of the agent's own hears that the agent lives, and when it dies.
    const concernsBoth = event.type === "alive" || event.type === "exited" || event.type === "background";
    if (!place.unprompted || concernsBoth) place.listener?.(event);
    if (!place.unprompted) return;
    // Nobody has asked for this and nobody watches it, but the next turn waits for its end.
    clearTimeout(place.timer);
    place.timer = setTimeout(() => void close(place), deps.limits().stallTimeoutMs);
    deps.onUnprompted(place.conversationId, event, place.spec.sessionId);
    if (event.type === "turn_ended" || event.type === "exited") {
      place.unprompted = false;
      rest(place, deps.limits().idleTimeoutMs);
      serve();
    }
  };

  /** When the last task ends, the agent is about to take the word by itself: it stays in use for a moment. */
  const countTasks = (place: Place, tasks: number) => {
    if (tasks > 0 || place.tasks === 0) {
      place.tasks = tasks;
      return;
    }
    setTimeout(() => {
      place.tasks = 0;
      serve();
    }, deps.limits().afterTasksMs);
  };

  const close = (place: Place): Promise<void> => {
    if (place.state !== "ending") {
      place.state = "ending";
      clearTimeout(place.timer);
      place.agent?.send({ type: "stop", graceMs: deps.limits().stopGraceMs });
    }
    return place.gone ?? Promise.resolve();
  };

  /** Starts the clock after which an unused agent ends; one with background tasks is in use. */
  const rest = (place: Place, timeoutMs: number) => {
    clearTimeout(place.timer);
    place.lastUsedMs = deps.now();
    place.timer = setTimeout(() => {
      if (isFree(place)) void close(place);
      else if (place.state === "idle") rest(place, timeoutMs);
    }, timeoutMs);
  };

  const lease = (place: Place): AgentLease => {
    clearTimeout(place.timer);
    place.state = "busy";
    let released = false;
    return {
      run: (options) =>
        runTurn(
          {
            send: (command) => place.agent?.send(command),
            listen: (listener) => {
              place.listener = listener;
              return () => {
                place.listener = undefined;
              };
            },
          },
          options,
        ),
      answer: (requestId, answer) => {
        place.agent?.send({ type: "answer", requestId, answer });
        hear(place, { type: "permission_answered", requestId });
      },
      release: () => {
        if (released) return;
        released = true;
        if (place.state === "busy") {
          place.state = "idle";
          rest(place, deps.limits().idleTimeoutMs);
        }
        serve();
      },
    };
  };

  /** Gives places to those who wait, in order; stops at the first who can't have one yet. */
  const serve = () => {
    for (let index = 0; index < waiting.length; ) {
      const waiter = waiting[index];
      if (waiter === undefined) break;
      const place = tryTake(waiter, index);
      if (place === undefined) {
        // Another's own warm agent needs no free place: it may go first without taking anything away.
        waiter.onWait(index);
        index += 1;
        continue;
      }
      waiting.splice(index, 1);
      waiter.resolve(lease(place));
    }
    if (waiting.length === 0) grant();
  };

  /** Starts what is wished for, in the place of agents that nobody uses. */
  const grant = () => {
    for (const [conversationId, spec] of wishes) {
      if (places.has(conversationId)) {
        wishes.delete(conversationId);
      } else if (places.size < deps.limits().maxAgents) {
        wishes.delete(conversationId);
        rest(open(conversationId, spec), deps.limits().warmTimeoutMs);
      } else {
        return makeRoom(0);
      }
    }
  };

  /** Ends the agent that was longest unused, unless so many are ending already that there will be room. */
  const makeRoom = (ahead: number) => {
    const ending = [...places.values()].filter((place) => place.state === "ending").length;
    const oldest = [...places.values()].filter(isFree).sort((a, b) => a.lastUsedMs - b.lastUsedMs)[0];
    if (ending > ahead) return;
    if (oldest !== undefined) void close(oldest);
    // All are busy: a wish is not worth keeping until one is not.
    else if (ending === 0) wishes.clear();
  };

  const tryTake = ({ conversationId, spec }: Waiter, ahead: number): Place | undefined => {
    const own = places.get(conversationId);
    if (own !== undefined) {
      if (own.state !== "idle" || own.unprompted) return undefined;
      // An updated CLI counts from the next turn on: two versions on one session would be nobody's wish.
      const isCurrent = own.program === deps.program?.() && own.withdrawn.size === 0;
      if (isCurrent && adapt(own, spec)) return own;
      if (own.tasks === 0) void close(own);
      return undefined;
    }
    if (places.size < deps.limits().maxAgents) return open(conversationId, spec);
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
      const isLive = (place: Place | undefined) =>
        place !== undefined && place.state !== "ending" && place.spec.sessionId === spec.sessionId;
      const live = places.get(conversationId);
      if (live !== undefined && isLive(live)) return describe(live, signal);
      let lease: AgentLease | undefined;
      try {
        lease = await take(conversationId, spec, { signal, onWait: () => {} });
        const own = places.get(conversationId);
        return own === undefined ? undefined : await describe(own, signal);
      } catch {
        return undefined;
      } finally {
        lease?.release();
      }
    },

    warm: (conversationId, spec) => {
      if (stopping || places.has(conversationId)) return;
      wishes.set(conversationId, spec);
      serve();
    },

    answer: (conversationId, requestId, answer) => {
      const place = places.get(conversationId);
      if (place === undefined) return;
      place.agent?.send({ type: "answer", requestId, answer });
      hear(place, { type: "permission_answered", requestId });
    },

    isBusy: (conversationId) => {
      const place = places.get(conversationId);
      return place !== undefined && place.state !== "ending" && !isFree(place);
    },

    rename: (conversationId, sessionId, title) => {
      const place = places.get(conversationId);
      if (place?.spec.sessionId !== sessionId || place.state === "ending") return;
      nameSession(place, title);
      place.spec = { ...place.spec, title };
    },

    restrict: (conversationId, { rules, permissionMode }) => {
      const place = places.get(conversationId);
      if (place === undefined || place.state === "ending") return;
      const { agent, spec } = place;
      for (const rule of rules) place.withdrawn.add(rule);
      if (rules.length > 0) agent?.send({ type: "ask_again", rules: [...place.withdrawn] });
      if (permissionMode !== spec.permissionMode) {
        agent?.send({ type: "set_permission_mode", permissionMode });
        // One that was started to ask about nothing has other tools too: the next turn gets a new one.
        if (spec.permissionMode !== "bypassPermissions") place.spec = { ...spec, permissionMode };
      }
      if (place.withdrawn.size > 0 && isFree(place)) void close(place);
    },

    end: async (conversationId) => {
      const place = places.get(conversationId);
      if (place !== undefined) await close(place);
    },

    sessions: () =>
      new Map([...places.values()].map(({ conversationId, spec }) => [conversationId, spec.sessionId])),

    counts: () => {
      const states = [...places.values()];
      return {
        busy: states.filter((place) => !isFree(place) && place.state !== "ending").length,
        idle: states.filter(isFree).length,
        waiting: waiting.length,
      };
    },

    stop: async () => {
      stopping = true;
      wishes.clear();
      for (const waiter of waiting.splice(0)) waiter.reject(new Error("the agent pool is stopped"));
      await Promise.all([...places.values()].map(close));
    },
  };
}

interface Place {
  readonly conversationId: Snowflake;
  spec: AgentSpec;
  readonly program: string | undefined;
  agent: Agent | undefined;
  state: "idle" | "busy" | "ending";
  /** Background tasks that the agent runs. */
  tasks: number;
  /** Rules that it was given and that count no longer; it does not live longer than its turn. */
  readonly withdrawn: Set<string>;
  /** The agent has the word without having been asked. */
  unprompted: boolean;
  lastUsedMs: number;
  listener: ((event: AgentEvent) => void) | undefined;
  timer: NodeJS.Timeout | undefined;
  gone: Promise<void> | undefined;
}

interface Waiter extends Pick<TakeOptions, "onWait"> {
  readonly conversationId: Snowflake;
  readonly spec: AgentSpec;
  readonly resolve: (lease: AgentLease) => void;
  readonly reject: (reason: unknown) => void;
}

function isFree(place: Place): boolean {
  return place.state === "idle" && !place.unprompted && place.tasks === 0;
}

/** Makes a running agent fit the spec where that needs no new process; false where it does. */
function adapt(place: Place, spec: AgentSpec): boolean {
  const { spec: old, agent } = place;
  const sameProcess =
    old.sessionId === spec.sessionId &&
    old.projectDir === spec.projectDir &&
    old.systemPrompt === spec.systemPrompt &&
    old.allowedTools.join("\n") === spec.allowedTools.join("\n") &&
    // What bypassPermissions changes is decided at the start: which tools there are, and whether it may be set.
    (old.permissionMode === "bypassPermissions") === (spec.permissionMode === "bypassPermissions");
  if (!sameProcess || agent === undefined) return false;
  if (old.model !== spec.model) agent.send({ type: "set_model", model: spec.model });
  if (old.permissionMode !== spec.permissionMode) {
    agent.send({ type: "set_permission_mode", permissionMode: spec.permissionMode });
  }
  nameSession(place, spec.title);
  place.spec = spec;
  return true;
}

function nameSession({ spec, agent }: Place, title: string | undefined): void {
  if (title !== undefined && title !== spec.title) agent?.send({ type: "rename_session", title });
}

import type { PermissionMode, Snowflake } from "../projects/project.ts";
import { runTurn, type TurnRunOptions } from "../turns/turn-run.ts";
import type {
  Agent,
  AgentCommand,
  AgentEvent,
  AgentSpec,
  AgentTurnEnd,
  ContextUsage,
  PermissionAnswer,
  StartAgent,
} from "./agent.ts";

/** A conversation's agent, and what it is at: in use, at rest, with the word by itself, ending. */
export interface PooledAgent {
  readonly conversationId: Snowflake;
  readonly spec: AgentSpec;
  readonly state: "idle" | "busy" | "ending";
  /** Nobody uses it, and it does nothing by itself. */
  readonly isFree: boolean;
  /** It has the word without having been asked. */
  readonly isUnprompted: boolean;
  /** It waits for background tasks. */
  readonly hasTasks: boolean;
  readonly lastUsedMs: number;
  lease(): AgentLease;
  answer(requestId: string, answer: PermissionAnswer): void;
  /** Makes it fit the spec where that needs no new process; false where it does. */
  adapt(spec: AgentSpec): boolean;
  rename(title: string): void;
  restrict(change: Restriction): void;
  /** Undefined when it is not told before the signal. */
  describe(signal: AbortSignal): Promise<ContextUsage | undefined>;
  /** Starts the clock after which it ends if it is free then. */
  rest(timeoutMs: number): void;
  /** Ends it; settles when its process is gone. */
  close(): Promise<void>;
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

/** What is allowed no longer: it is asked about from now on. */
export interface Restriction {
  readonly rules: readonly string[];
  readonly permissionMode: PermissionMode;
}

export interface PooledAgentLimits {
  /** An agent that was not used for this long is ended. */
  readonly idleTimeoutMs: number;
  /** How long an agent stays in use after its last background task: it speaks of it 20 ms later, as measured. */
  readonly afterTasksMs: number;
  /** An agent that has the word by itself and says nothing for this long is ended. */
  readonly stallTimeoutMs: number;
  /** How long a process may take to end by itself before it is killed. */
  readonly stopGraceMs: number;
}

export interface PooledAgentDeps {
  readonly startAgent: StartAgent;
  /** Asked each time, so that a changed config counts from then on. */
  readonly limits: () => PooledAgentLimits;
  /** What an agent says when no turn of ours runs: a background task ended, and it took up the word by itself. */
  readonly onUnprompted: (conversationId: Snowflake, event: AgentEvent, sessionId: string) => void;
  readonly now: () => number;
  /** Names the program that a new agent would run; another than an agent's own means that it was updated since. */
  readonly program?: () => string;
}

/** Starts an agent. `onChange` is called when somebody who waits may get it now; `onGone` when its process is gone. */
export function startPooledAgent(
  conversationId: Snowflake,
  first: AgentSpec,
  deps: PooledAgentDeps & { readonly onChange: () => void; readonly onGone: () => void },
): PooledAgent {
  const program = deps.program?.();
  // Rules that it was given and that count no longer; it does not live longer than its turn.
  const withdrawn = new Set<string>();
  const questions = new Map<string, (context: ContextUsage | undefined) => void>();
  let spec = first;
  let state: PooledAgent["state"] = "idle";
  let tasks = 0;
  let isUnprompted = false;
  let lastUsedMs = deps.now();
  let listener: ((event: AgentEvent) => void) | undefined;
  let timer: NodeJS.Timeout | undefined;
  let asked = 0;
  let agent: Agent | undefined;

  const send = (command: AgentCommand) => agent?.send(command);
  const isFree = () => state === "idle" && !isUnprompted && tasks === 0;

  const hear = (event: AgentEvent) => {
    if (event.type === "context_described") return questions.get(event.requestId)?.(event.context);
    if (event.type === "exited") state = "ending";
    if (event.type === "background") countTasks(event.tasks);
    if (event.type === "turn_started") isUnprompted = event.turnId === undefined;
    // A turn of ours that waits behind one of the agent's own hears that the agent lives, and when it dies.
    const concernsBoth = event.type === "alive" || event.type === "exited" || event.type === "background";
    if (!isUnprompted || concernsBoth) listener?.(event);
    if (!isUnprompted) return;
    // Nobody has asked for this and nobody watches it, but the next turn waits for its end.
    clearTimeout(timer);
    timer = setTimeout(() => void close(), deps.limits().stallTimeoutMs);
    deps.onUnprompted(conversationId, event, spec.sessionId);
    if (event.type === "turn_ended" || event.type === "exited") {
      isUnprompted = false;
      rest(deps.limits().idleTimeoutMs);
      deps.onChange();
    }
  };

  /** When the last task ends, the agent is about to take the word by itself: it stays in use for a moment. */
  const countTasks = (running: number) => {
    if (running > 0 || tasks === 0) {
      tasks = running;
      return;
    }
    setTimeout(() => {
      tasks = 0;
      deps.onChange();
    }, deps.limits().afterTasksMs);
  };

  const rest = (timeoutMs: number) => {
    clearTimeout(timer);
    lastUsedMs = deps.now();
    timer = setTimeout(() => {
      if (isFree()) void close();
      else if (state === "idle") rest(timeoutMs);
    }, timeoutMs);
  };

  const close = (): Promise<void> => {
    if (state !== "ending") {
      state = "ending";
      clearTimeout(timer);
      send({ type: "stop", graceMs: deps.limits().stopGraceMs });
    }
    return gone;
  };

  const answer = (requestId: string, given: PermissionAnswer) => {
    send({ type: "answer", requestId, answer: given });
    hear({ type: "permission_answered", requestId });
  };

  const name = (title: string | undefined) => {
    if (title !== undefined && title !== spec.title) send({ type: "rename_session", title });
  };

  agent = deps.startAgent(spec, hear);
  const gone = agent.exited.then(() => {
    clearTimeout(timer);
    deps.onGone();
  });

  return {
    conversationId,
    get spec() {
      return spec;
    },
    get state() {
      return state;
    },
    get isFree() {
      return isFree();
    },
    get isUnprompted() {
      return isUnprompted;
    },
    get hasTasks() {
      return tasks > 0;
    },
    get lastUsedMs() {
      return lastUsedMs;
    },

    lease: () => {
      clearTimeout(timer);
      state = "busy";
      let released = false;
      const listen = (heard: (event: AgentEvent) => void) => {
        listener = heard;
        return () => {
          listener = undefined;
        };
      };
      return {
        run: (options) => runTurn({ send, listen, end: () => void close() }, options),
        answer,
        release: () => {
          if (released) return;
          released = true;
          if (state === "busy") {
            state = "idle";
            rest(deps.limits().idleTimeoutMs);
          }
          deps.onChange();
        },
      };
    },

    answer,

    adapt: (wanted) => {
      // An updated CLI counts from the next turn on: two versions on one session would be nobody's wish.
      const isCurrent = program === deps.program?.() && withdrawn.size === 0;
      if (!isCurrent || !isSameProcess(spec, wanted)) return false;
      if (spec.model !== wanted.model) send({ type: "set_model", model: wanted.model });
      if (spec.permissionMode !== wanted.permissionMode) {
        send({ type: "set_permission_mode", permissionMode: wanted.permissionMode });
      }
      name(wanted.title);
      spec = wanted;
      return true;
    },

    rename: (title) => {
      name(title);
      spec = { ...spec, title };
    },

    restrict: ({ rules, permissionMode }) => {
      for (const rule of rules) withdrawn.add(rule);
      if (rules.length > 0) send({ type: "ask_again", rules: [...withdrawn] });
      if (permissionMode !== spec.permissionMode) {
        send({ type: "set_permission_mode", permissionMode });
        // One that was started to ask about nothing has other tools too: the next turn gets a new one.
        if (spec.permissionMode !== "bypassPermissions") spec = { ...spec, permissionMode };
      }
      if (withdrawn.size > 0 && isFree()) void close();
    },

    describe: (signal) =>
      new Promise((resolve) => {
        const requestId = String(++asked);
        const settle = (context: ContextUsage | undefined) => {
          questions.delete(requestId);
          resolve(context);
        };
        questions.set(requestId, settle);
        signal.addEventListener("abort", () => settle(undefined), { once: true });
        send({ type: "describe_context", requestId });
      }),

    rest,
    close,
  };
}

function isSameProcess(old: AgentSpec, wanted: AgentSpec): boolean {
  return (
    old.sessionId === wanted.sessionId &&
    old.projectDir === wanted.projectDir &&
    old.systemPrompt === wanted.systemPrompt &&
    old.allowedTools.join("\n") === wanted.allowedTools.join("\n") &&
    // What bypassPermissions changes is decided at the start: which tools there are, and whether it may be set.
    (old.permissionMode === "bypassPermissions") === (wanted.permissionMode === "bypassPermissions")
  );
}

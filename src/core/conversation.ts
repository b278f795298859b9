import type { AgentEvent, AgentSpec, AgentTurnEnd, PermissionAnswer, PromptPart } from "./agent.ts";
import type { AgentPool } from "./agent-pool.ts";
import type { SessionGrants } from "./grants.ts";
import type { Ledger, Session, SessionStore } from "./ledger.ts";
import type { Project, Snowflake } from "./project.ts";
import { answerWithoutAsking, type Questions } from "./prompts.ts";
import { mayWrite } from "./recovery.ts";
import type { OpenReply, Reply } from "./reply.ts";
import { Refused, Undeliverable } from "./reply.ts";
import { silentAnswer } from "./session-command.ts";
import {
  EMPTY_END,
  type FailureCode,
  type Turn,
  type TurnEnd,
  type TurnNote,
  type TurnStats,
} from "./turn.ts";
import { untilWritten } from "./until-written.ts";

export interface ConversationDeps {
  readonly ledger: Ledger;
  readonly sessions: SessionStore;
  readonly agents: AgentPool;
  readonly openReply: OpenReply;
  /** What a turn asks, with the files that came with it. Rejects with the signal's reason when that is aborted. */
  readonly promptOf: (turn: Turn, signal: AbortSignal) => Promise<readonly PromptPart[]>;
  readonly questions: Questions;
  /** What people allowed for the rest of a session. */
  readonly grants: (sessionId: string) => SessionGrants;
  /** The project as it is configured now; undefined when it is no longer. */
  readonly project: (projectName: string) => Project | undefined;
  readonly timing: () => ConversationTiming;
  /** A tool use in a few words, as people know it: `Bash npm test`. */
  readonly toolLine: (name: string, input: Readonly<Record<string, unknown>>) => string;
  readonly newId: () => string;
  readonly now: () => number;
  /** Records a failure in the log and returns the id under which it is found there. */
  readonly report: (what: string, detail: unknown, turn: Turn) => string;
  /** Hears that the ledger could not be used, and says whether that may pass by itself. */
  readonly storageTrouble: (error: unknown, conversationId: Snowflake) => boolean;
}

export interface ConversationTiming {
  readonly stallTimeoutMs: number;
  readonly stopGraceMs: number;
}

export interface Conversation {
  /** Looks at the ledger again: a turn was accepted, or a hold is over. */
  wake(): void;
  /** Shows the end of a turn that did not run. */
  tell(turn: Turn): void;
  /** A turn was edited or withdrawn before an agent had it. */
  revised(turnId: string): void;
  /** Hears what the agent says without being asked: when a background task has ended. */
  unprompted(event: AgentEvent): void;
  /** Interrupts the running turn; false when none runs. */
  interrupt(): boolean;
  /** Cancels a turn, running or waiting; false when it has ended already. */
  cancel(turnId: string): boolean;
  /** Settles when nothing runs and nothing is left to deliver. */
  idle(): Promise<void>;
  /** Starts no further turn; what still runs is let go when `force` is aborted, to be continued later. */
  close(force: AbortSignal): Promise<void>;
}

/**
 * One channel's conversation: its turns run one at a time, in the order in which their messages came. What waits is
 * what the ledger says; this object holds only what can be lost.
 */
export function createConversation(conversationId: Snowflake, deps: ConversationDeps): Conversation {
  const { ledger } = deps;
  let draining: Promise<void> | undefined;
  let wanted = false;
  let closing = false;
  let running: AbortController | undefined;
  let abandoned = false;
  let outdated = false;
  let holdTimer: NodeJS.Timeout | undefined;
  let retryTimer: NodeJS.Timeout | undefined;
  // What an earlier process had not delivered; once taken up, it is in `deliveries` like everything else.
  const leftovers = { delivered: false };
  const asked = new Set<string>();
  const openTools = new Map<string, string>();
  let latest: Turn | undefined;
  let spoken: string[] = [];
  // The next turn runs while the last answer is still on its way, but its messages stay behind that answer's.
  let deliveries: Promise<void> = Promise.resolve();

  const released = new AbortController();
  const onTrouble = (error: unknown) => deps.storageTrouble(error, conversationId);
  const written = <T>(write: () => T) => untilWritten(write, { signal: released.signal, onTrouble });
  /** For what is good to have written down, and no reason to stop an agent's events. */
  const noted = (write: () => unknown) => {
    try {
      write();
    } catch (error) {
      onTrouble(error);
    }
  };

  const drain = async () => {
    if (!leftovers.delivered) {
      const undelivered = ledger.undelivered(conversationId);
      leftovers.delivered = true;
      for (const turn of undelivered) deliver(turn, deps.openReply(turn, deliveries));
    }
    while (!closing) {
      const turn = ledger.nextOpen(conversationId);
      if (turn === undefined) return;
      if (turn.awaits !== undefined) return askToContinue(turn);
      if (turn.heldUntilMs !== undefined && turn.heldUntilMs > deps.now()) return holdUntil(turn.heldUntilMs);
      await runOne(turn);
    }
  };

  const askToContinue = (turn: Turn) => {
    if (asked.has(turn.id)) return;
    asked.add(turn.id);
    const reply = deps.openReply(turn, deliveries);
    inOrder(async () => {
      try {
        await reply.askToContinue(turn.openTool ?? "");
      } catch (error) {
        const errorId = deps.report("the question could not be put", error, turn);
        // Nobody will ever press its buttons: the turn ends here instead of waiting for ever.
        if (!(error instanceof Undeliverable)) return;
        await written(() => ledger.end(turn.id, { ...EMPTY_END, outcome: "cancelled" }));
        await written(() => ledger.move(turn.id, "give_up", { errorId }));
        wake();
      }
    });
  };

  /** One after the other. What fails in one has been told, or belongs to a daemon that stops: the next goes on. */
  const inOrder = (deliver: () => Promise<void>) => {
    deliveries = deliveries.then(deliver).catch((error: unknown) => {
      if (!released.signal.aborted) onTrouble(error);
    });
  };

  const holdUntil = (timeMs: number) => {
    clearTimeout(holdTimer);
    // Looked at again on the way: a clock that was set meanwhile counts from then on.
    holdTimer = setTimeout(wake, Math.min(timeMs - deps.now(), LONGEST_TIMER_MS));
  };

  const runOne = async (turn: Turn) => {
    running = new AbortController();
    outdated = false;
    openTools.clear();
    latest = turn;
    const reply = deps.openReply(turn, deliveries);
    reply.begin();
    try {
      const result = await ask(turn, reply, running.signal);
      if (abandoned) {
        // Not a crash: nothing was cut short but what we cut short ourselves.
        noted(() => ledger.move(turn.id, "wait"));
        return await reply.leave();
      }
      if ("heldUntilMs" in result) {
        await written(() => ledger.move(turn.id, "wait", result));
        return await reply.hold(result.heldUntilMs).catch((error: unknown) => {
          deps.report("it could not be told that the turn is held", error, turn);
        });
      }
      // An answer that can't be written down yet is kept until it can: Claude's work is in it.
      const ended = await written(() => ledger.end(turn.id, result.end, result.session));
      if (!ended && ledger.turn(turn.id)?.state === "cancelled") return withdraw(turn, reply);
      deliver({ ...turn, end: result.end }, reply);
    } catch (error) {
      await reply.leave();
      throw error;
    } finally {
      running = undefined;
    }
  };

  const withdraw = (turn: Turn, reply: Reply) => {
    inOrder(() =>
      reply.withdraw().catch((error: unknown) => {
        deps.report("what was shown of a withdrawn turn still stands", error, turn);
      }),
    );
  };

  const deliver = (turn: Turn, reply: Reply) => {
    const { end } = turn;
    if (end === undefined) return;
    inOrder(async () => {
      try {
        await reply.finish(end);
      } catch (error) {
        // Anything else than a lost channel is tried again at the next start: the turn stays `delivering`.
        if (closing && !(error instanceof Undeliverable)) return;
        const errorId = deps.report("the answer could not be delivered", error, turn);
        if (!(error instanceof Undeliverable)) return;
        if (error instanceof Refused) await tellRefused(reply, errorId, end.answer);
        await written(() => ledger.move(turn.id, "give_up", { errorId }));
        return;
      }
      await written(() => ledger.move(turn.id, "deliver"));
    });
  };

  /** Rejects when the daemon stops before it is told: then the next start tries the whole answer once more. */
  const tellRefused = async (reply: Reply, errorId: string, answer: string) => {
    try {
      await reply.refused(errorId, answer);
    } catch (error) {
      if (!(error instanceof Undeliverable)) throw error;
    }
  };

  /** Runs the turn in the conversation's session; a session that can't be resumed is replaced by a fresh one. */
  const ask = async (turn: Turn, reply: Reply, signal: AbortSignal): Promise<Ended | Held> => {
    const notes: TurnNote[] = [];
    const said: string[] = [];
    try {
      let session: Session | undefined;
      let begunIn = turn.sessionId;
      let question = { turnId: turn.id, prompt: await deps.promptOf(turn, signal) };
      // A lost session, one whose start was not recorded, a question that the CLI has already: once each.
      for (let tries = 0; tries < 4; tries += 1) {
        const project = deps.project(turn.projectName);
        if (project === undefined) return failure(turn, "project_gone", `no project ${turn.projectName}`);
        session ??= await written(() =>
          deps.sessions.currentOrNew(conversationId, project.name, deps.newId()),
        );
        const end = await runIn(
          session,
          project,
          begunIn === session.sessionId,
          question,
          turn,
          reply,
          signal,
          said,
        );

        const code = end.failure?.code;
        if (code === "usage_limit" && end.failure?.resetsAtMs !== undefined) {
          return { heldUntilMs: end.failure.resetsAtMs + staggerMs(conversationId) };
        }
        if (code === "turn_already_taken") {
          // It stands in the session already, from before a restart or a limit: asking again needs a new id.
          question = { turnId: deps.newId(), prompt: [{ type: "text", text: ASK_AGAIN }] };
          begunIn = undefined;
          continue;
        }
        if (code === "session_exists") {
          const { sessionId } = session;
          await written(() => deps.sessions.markStarted(conversationId, sessionId));
          session = { ...session, started: true };
          continue;
        }
        if (code === "session_unknown") {
          if (session.messageCount > 0) notes.push({ type: "context_lost" });
          const reason = end.failure?.detail ?? "session_unknown";
          const lost = session;
          session = await written(() => deps.sessions.replace(lost, deps.newId(), reason));
          continue;
        }
        return conclude(turn, session, end, said, notes);
      }
      return failure(turn, "internal", "no session could be started");
    } catch (error) {
      if (signal.aborted || abandoned) return { end: { ...EMPTY_END, outcome: "cancelled" } };
      return failure(turn, "internal", error);
    }
  };

  const runIn = async (
    session: Session,
    project: Project,
    continuing: boolean,
    question: { turnId: string; prompt: readonly PromptPart[] },
    turn: Turn,
    reply: Reply,
    signal: AbortSignal,
    said: string[],
  ): Promise<AgentTurnEnd> => {
    const { stallTimeoutMs, stopGraceMs } = deps.timing();
    const grants = deps.grants(session.sessionId);
    const spec = agentSpec(session, project, grants, continuing && session.started);
    const lease = await deps.agents.take(conversationId, spec, {
      signal,
      onWait: (ahead) => {
        noted(() => ledger.move(turn.id, "wait"));
        reply.waits(ahead);
      },
    });
    try {
      let { prompt } = question;
      while (outdated) {
        outdated = false;
        prompt = await deps.promptOf(ledger.turn(turn.id) ?? turn, signal);
      }
      signal.throwIfAborted();
      await written(() => {
        ledger.move(turn.id, "start");
        ledger.noteTool(turn.id, undefined);
      });
      signal.throwIfAborted();
      return await lease.run({
        turnId: question.turnId,
        prompt,
        stallTimeoutMs,
        stopGraceMs,
        interruptGraceMs: stopGraceMs,
        signal,
        onEvent: (event) => {
          if (event.type === "turn_started" && !session.started) {
            noted(() => deps.sessions.markStarted(conversationId, session.sessionId));
          }
          if (event.type === "turn_started") noted(() => ledger.begun(turn.id, session.sessionId));
          if (event.type === "text" && !event.inSubagent) said.push(event.text);
          noteTool(turn, event);
          putToPeople(event, turn, lease.answer);
          reply.show(event);
        },
      });
    } finally {
      deps.questions.closeTurn(turn.id);
      lease.release();
    }
  };

  /** Written down before the tool can have done much: the CLI tells of it before it runs. */
  const noteTool = (turn: Turn, event: AgentEvent) => {
    if (event.type === "tool_use" && mayWrite(event.name)) {
      openTools.set(event.toolUseId, deps.toolLine(event.name, event.input));
    } else if (event.type !== "tool_result" || !openTools.delete(event.toolUseId)) {
      return;
    }
    noted(() => ledger.noteTool(turn.id, [...openTools.values()].at(-1)));
  };

  const putToPeople = (event: AgentEvent, turn: Turn, answer: AnswerRequest) => {
    if (event.type === "permission_withdrawn") deps.questions.withdraw(event.requestId);
    if (event.type !== "permission_requested") return;
    const known = answerWithoutAsking(event, deps.project(turn.projectName));
    if (known !== undefined) answer(event.requestId, known);
    else deps.questions.open(event, turn, (given) => answer(event.requestId, given));
  };

  const conclude = (
    turn: Turn,
    session: Session,
    end: AgentTurnEnd,
    said: readonly string[],
    notes: readonly TurnNote[],
  ): Ended => {
    const failed = end.outcome === "failed" ? end.failure : undefined;
    const denied = [...new Set(end.deniedTools)];
    return {
      end: {
        outcome: end.outcome === "completed" ? "answered" : end.outcome === "failed" ? "failed" : "cancelled",
        // What a command of the CLI says is nobody's speech, so that it comes with the end alone.
        answer: said.join("\n\n") || end.text || (failed === undefined ? silentAnswer(turn) : ""),
        failureCode: failed?.code,
        errorId: failed && deps.report(`the turn failed: ${failed.code}`, failed, turn),
        resetsAtMs: failed?.resetsAtMs,
        notes: denied.length > 0 ? [...notes, { type: "tools_denied", tools: denied }] : notes,
        stats: statsOf(end, session),
      },
      session: { sessionId: session.sessionId, costUsd: totalCost(end, session) },
    };
  };

  const failure = (turn: Turn, failureCode: FailureCode, detail: unknown): Ended => {
    const errorId = deps.report(`the turn failed: ${failureCode}`, detail, turn);
    return { end: { ...EMPTY_END, outcome: "failed", failureCode, errorId } };
  };

  const unprompted = (event: AgentEvent) => {
    if (event.type === "turn_started") spoken = [];
    if (event.type === "text" && !event.inSubagent) spoken.push(event.text);
    if (latest === undefined) return;
    // Asked in the name of whoever spoke last: it is their work that goes on.
    putToPeople(event, latest, (requestId, answer) => deps.agents.answer(conversationId, requestId, answer));
    if (event.type === "turn_ended" || event.type === "exited") deps.questions.closeTurn(latest.id);
    if (event.type !== "turn_ended") return;
    const session = deps.sessions.current(conversationId);
    const answer = spoken.join("\n\n");
    if (session === undefined || answer.trim() === "") return;
    const { guildId, projectName } = latest;
    const heard = {
      id: deps.newId(),
      conversationId,
      guildId,
      projectName,
      messageId: undefined,
      authorId: undefined,
      authorName: undefined,
      prompt: "",
    };
    const stats = statsOf(event.end, session);
    const total = { sessionId: session.sessionId, costUsd: totalCost(event.end, session) };
    inOrder(async () => {
      const end: TurnEnd = { ...EMPTY_END, outcome: "answered", answer, stats };
      const turn = await written(() => ledger.record(heard, end, total));
      if (turn !== undefined) tell(turn);
    });
  };

  const tell = (turn: Turn) => deliver(turn, deps.openReply(turn, deliveries));

  const wake = () => {
    wanted = true;
    draining ??= (async () => {
      while (wanted) {
        wanted = false;
        await drain();
      }
    })()
      .catch((error: unknown) => {
        if (released.signal.aborted || !onTrouble(error) || closing) return;
        clearTimeout(retryTimer);
        retryTimer = setTimeout(wake, RETRY_MS);
      })
      .finally(() => {
        draining = undefined;
      });
  };

  const idle = async () => {
    while (draining !== undefined) await draining;
    // One that is delivered may bring a further one.
    for (let awaited: unknown; awaited !== deliveries; await awaited) awaited = deliveries;
  };

  return {
    wake,
    tell,
    unprompted,
    revised: (turnId) => {
      const turn = ledger.turn(turnId);
      const isRunning = running !== undefined && latest?.id === turnId;
      if (turn?.state !== "cancelled") outdated ||= isRunning;
      else if (isRunning) running?.abort();
      else withdraw(turn, deps.openReply(turn, deliveries));
      // One that waited for a person, or for a limit, held up those behind it.
      wake();
    },
    interrupt: () => {
      running?.abort();
      return running !== undefined;
    },
    cancel: (turnId) => {
      if (running !== undefined && latest?.id === turnId) {
        running.abort();
        return true;
      }
      if (!ledger.end(turnId, { ...EMPTY_END, outcome: "cancelled" })) return false;
      const ended = ledger.turn(turnId);
      if (ended !== undefined) tell(ended);
      wake();
      return true;
    },
    idle,
    close: async (force) => {
      closing = true;
      clearTimeout(holdTimer);
      clearTimeout(retryTimer);
      const letGo = async () => {
        abandoned = true;
        released.abort();
        // Ended rather than interrupted: the CLI takes up a turn that was cut off, not one that a person stopped.
        await deps.agents.end(conversationId);
        running?.abort();
      };
      const onForce = () => void letGo();
      if (force.aborted) onForce();
      force.addEventListener("abort", onForce);
      await idle();
      force.removeEventListener("abort", onForce);
    },
  };
}

const LONGEST_TIMER_MS = 60_000;

/** After the ledger could not be read or written. */
const RETRY_MS = 5_000;

const ASK_AGAIN =
  "Your last answer did not arrive. If you had finished it, give it again in full; if not, carry on with it.";

/** When a limit lifts, not all channels go on in the same second: each has its own place in the first minute. */
function staggerMs(conversationId: Snowflake): number {
  return 1_000 + (Number(conversationId.slice(-6)) % 60_000);
}

type AnswerRequest = (requestId: string, answer: PermissionAnswer) => void;

/** The turn did not end: a usage limit holds it. */
interface Held {
  readonly heldUntilMs: number;
}

interface Ended {
  readonly end: TurnEnd;
  readonly session?: { readonly sessionId: string; readonly costUsd: number };
}

/** The CLI counts a session's cost from its beginning, also over a resume; a failed start reports none. */
function totalCost(end: AgentTurnEnd, session: Session): number {
  return Math.max(session.costUsd, end.sessionCostUsd);
}

function statsOf(end: AgentTurnEnd, session: Session): TurnStats {
  const { durationMs, numTurns, inputTokens, outputTokens, contextTokens, contextWindow } = end;
  const costUsd = totalCost(end, session) - session.costUsd;
  return { costUsd, durationMs, numTurns, inputTokens, outputTokens, contextTokens, contextWindow };
}

/** How a project's agent is started for a session. */
export function agentSpec(
  session: Session,
  project: Project,
  { rules, directories, acceptsEdits }: SessionGrants,
  continueInterrupted: boolean,
): AgentSpec {
  const asks = project.permissionMode === "default" || project.permissionMode === "plan";
  return {
    conversationId: session.conversationId,
    sessionId: session.sessionId,
    resume: session.started,
    continueInterrupted,
    projectDir: project.projectDir,
    model: project.model,
    allowedTools: project.allowedTools,
    systemPrompt: project.systemPrompt,
    permissionMode: asks && acceptsEdits ? "acceptEdits" : project.permissionMode,
    granted: { rules, directories },
  };
}

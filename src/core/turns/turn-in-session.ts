import type { AgentEvent, AgentTurnEnd, PromptPart } from "../agents/agent.ts";
import { agentSpec } from "../agents/agent-spec.ts";
import { CoordError } from "../operations/errors.ts";
import type { Project, Snowflake } from "../projects/project.ts";
import { maskedEvent } from "../secrets/masked-event.ts";
import { createSecretWatch } from "../secrets/secret-watch.ts";
import type { ConversationDeps } from "./conversation-deps.ts";
import type { Hold } from "./hold.ts";
import type { Session } from "./ledger.ts";
import { orAborted } from "./or-aborted.ts";
import { type AnswerRequest, putToPeople } from "./put-to-people.ts";
import type { Reply } from "./reply.ts";
import { silentAnswer } from "./session-command.ts";
import { statsOf, totalCost } from "./session-cost.ts";
import { createToolNote } from "./tool-note.ts";
import { EMPTY_END, type FailureCode, type Turn, type TurnEnd, type TurnNote } from "./turn.ts";

/** One try to run a turn. */
export interface TurnAttempt {
  readonly turn: Turn;
  readonly reply: Reply;
  readonly signal: AbortSignal;
  /** Whether the daemon stops and leaves the turn to the next one. */
  readonly isLetGo: () => boolean;
  /** Whether the turn was edited since this was last asked. */
  readonly takeRevision: () => boolean;
}

/** How the ledger is written: `written` waits until it can be, `noted` goes without where it can't. */
export interface LedgerWriting {
  readonly written: <T>(write: () => T) => Promise<T>;
  readonly noted: (write: () => unknown) => void;
}

/** The turn did not end: a limit holds it. */
export interface Held {
  readonly hold: Hold;
}

/** How the turn ended, and what that means for its session, if it has come to have one. */
export interface Ended {
  readonly end: TurnEnd;
  readonly session?: { readonly sessionId: string; readonly costUsd: number };
}

/** Runs turns in a conversation's session. The returned function never rejects: what goes wrong is the turn's end. */
export function createTurnInSession(
  conversationId: Snowflake,
  deps: ConversationDeps,
  { written, noted }: LedgerWriting,
): (attempt: TurnAttempt) => Promise<Ended | Held> {
  const { ledger } = deps;

  /** Runs the turn in the conversation's session; a session that can't be resumed is replaced by a fresh one. */
  const run = async (attempt: TurnAttempt): Promise<Ended | Held> => {
    const { turn, signal } = attempt;
    const notes: TurnNote[] = [];
    const said: Said = { hasBegun: false, texts: [], asked: new Set(), withheld: undefined };
    try {
      let session: Session | undefined;
      let begunIn = turn.sessionId;
      const currentSession = (projectName: string) =>
        written(() => deps.sessions.currentOrNew(conversationId, projectName, deps.newId()));
      let question = { turnId: turn.id, prompt: await deps.promptOf(turn, signal) };
      let hasDied = false;
      // A lost session, one whose start was not recorded, a question that the CLI has already, a dead agent: once each.
      for (let tries = 0; tries < 5; tries += 1) {
        const project = deps.project(turn.projectName);
        if (project === undefined) return failure(turn, "project_gone", `no project ${turn.projectName}`);
        const hold = deps.budgetHold(project.name);
        if (hold !== undefined) return { hold: { by: "budget", ...hold } };
        session ??= await currentSession(project.name);
        const placed = await orAborted(deps.prepare(project, session, signal), signal);
        const end = await runIn(session, placed, begunIn === session.sessionId, question, attempt, said);
        if (end === "author_refused") return { end: AUTHOR_REFUSED };
        if (end === "outdated") {
          const { generation } = session;
          session = await currentSession(project.name);
          if (session.generation === generation) throw new Error("the turn can't start from where it is");
          tries -= 1;
          continue;
        }

        const code = end.failure?.code;
        if (code === "usage_limit" && end.failure?.resetsAtMs !== undefined) {
          const untilMs = end.failure.resetsAtMs + staggerMs(conversationId);
          return { hold: { by: "usage_limit", untilMs } };
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
          if (session.messageCount > 0 || session.forkOf !== undefined) notes.push({ type: "context_lost" });
          const reason = end.failure?.detail ?? "session_unknown";
          const lost = session;
          session = await written(() => deps.sessions.replace(lost, deps.newId(), reason));
          continue;
        }
        if (code === "claude_crashed" && !said.hasBegun && !hasDied) {
          // Killed from outside, before the question reached it: nothing was done yet, and another one can.
          hasDied = true;
          continue;
        }
        return conclude(turn, session, end, said, notes);
      }
      return failure(turn, "internal", "no session could be started");
    } catch (error) {
      if (signal.aborted || attempt.isLetGo()) return { end: { ...EMPTY_END, outcome: "cancelled" } };
      if (!(error instanceof CoordError) || error.code !== "worktree_failed") {
        return failure(turn, "internal", error);
      }
      const { end } = failure(turn, "worktree_failed", error);
      return { end: { ...end, notes: [...notes, { type: "no_worktree", reason: error.message }] } };
    }
  };

  /** `outdated` when the conversation was reset before the turn could start: it belongs into the session after that. */
  const runIn = async (
    session: Session,
    project: Project,
    continuing: boolean,
    question: { turnId: string; prompt: readonly PromptPart[] },
    attempt: TurnAttempt,
    said: Said,
  ): Promise<AgentTurnEnd | "author_refused" | "outdated"> => {
    const { turn, reply, signal } = attempt;
    const { stallTimeoutMs, interruptGraceMs } = deps.timing();
    const grants = deps.grants(session.sessionId);
    const spec = agentSpec(session, project, grants, continuing && session.started);
    const isRefused = async () => (await orAborted(deps.stillAllowed(turn, signal), signal)) !== undefined;
    if (await isRefused()) return "author_refused";
    let hasWaited = false;
    const tools = createToolNote({
      toolLine: deps.toolLine,
      // What the daemon's own end cuts short is as good as at work.
      note: (line) => {
        if (!attempt.isLetGo()) noted(() => ledger.noteTool(turn.id, line));
      },
    });
    const secretIn = createSecretWatch(deps.redactor);
    const withhold = new AbortController();
    const lease = await deps.agents.take(conversationId, spec, {
      signal,
      onWait: (ahead) => {
        hasWaited = true;
        noted(() => ledger.move(turn.id, "wait"));
        reply.waits(ahead);
      },
    });
    try {
      if (hasWaited && (await isRefused())) return "author_refused";
      let { prompt } = question;
      while (attempt.takeRevision()) {
        prompt = await deps.promptOf(ledger.turn(turn.id) ?? turn, signal);
      }
      signal.throwIfAborted();
      const { generation } = session;
      const hasStarted = await written(() => ledger.move(turn.id, "start", { generation }));
      signal.throwIfAborted();
      if (!hasStarted) return "outdated";
      const answer: AnswerRequest = (requestId, given) => {
        tools.answering(requestId, given);
        lease.answer(requestId, given);
      };
      return await lease.run({
        turnId: question.turnId,
        prompt,
        stallTimeoutMs,
        interruptGraceMs,
        budgetUsd: project.budget?.perTurnUsd,
        signal: AbortSignal.any([signal, withhold.signal]),
        onEvent: (event) => {
          if (event.type === "turn_started" && !session.started) {
            noted(() => deps.sessions.markStarted(conversationId, session.sessionId));
          }
          if (event.type === "turn_started") {
            said.hasBegun = true;
            noted(() => ledger.begun(turn.id, session.sessionId));
          }
          if (event.type === "text" && !event.inSubagent) said.texts.push(event.text);
          if (event.type === "permission_requested") said.asked.add(event.toolUseId);
          const place = said.withheld === undefined ? secretIn(event) : undefined;
          if (place === "tool") deps.secretFound(place, turn);
          if (place === "answer") {
            said.withheld = deps.secretFound(place, turn);
            withhold.abort();
          }
          const shown = maskedEvent(event, deps.redactor);
          tools.hear(shown);
          noted(() => putToPeople(event, turn, answer, deps));
          if (said.withheld === undefined || !SPOKEN.has(event.type)) reply.show(shown);
        },
      });
    } finally {
      deps.questions.closeTurn(turn.id);
      lease.release();
    }
  };

  const conclude = (
    turn: Turn,
    session: Session,
    end: AgentTurnEnd,
    said: Said,
    earlier: readonly TurnNote[],
  ): Ended => {
    const failed = end.outcome === "failed" ? end.failure : undefined;
    // What people denied they know; the rest nobody was asked about.
    const unasked = end.deniedTools.filter(({ toolUseId }) => !said.asked.has(toolUseId));
    const denied = [...new Set(unasked.map(({ name }) => name))];
    // What a command of the CLI says is nobody's speech, so that it comes with the end alone.
    const spoken = said.texts.join("\n\n") || end.text || (failed === undefined ? silentAnswer(turn) : "");
    const answer = deps.redactor.mask(spoken);
    const withheld = said.withheld ?? (answer.heldOwn ? deps.secretFound("answer", turn) : undefined);
    const notes: TurnNote[] = [...earlier];
    if (denied.length > 0) notes.push({ type: "tools_denied", tools: denied });
    if (answer.kinds.length > 0) notes.push({ type: "secrets_hidden", kinds: answer.kinds });
    const stats = statsOf(end, session);
    return {
      end:
        withheld === undefined
          ? {
              outcome:
                end.outcome === "completed" ? "answered" : end.outcome === "failed" ? "failed" : "cancelled",
              answer: answer.text,
              failureCode: failed?.code,
              errorId: failed && deps.report(`the turn failed: ${failed.code}`, failed, turn),
              resetsAtMs: failed?.resetsAtMs,
              notes,
              stats,
            }
          : { ...EMPTY_END, outcome: "failed", failureCode: "secret_withheld", errorId: withheld, stats },
      session: { sessionId: session.sessionId, costUsd: totalCost(end, session) },
    };
  };

  const failure = (turn: Turn, failureCode: FailureCode, detail: unknown): Ended => {
    const errorId = deps.report(`the turn failed: ${failureCode}`, detail, turn);
    return { end: { ...EMPTY_END, outcome: "failed", failureCode, errorId } };
  };

  return run;
}

/** Nothing that a log would explain: who may talk is the guild's matter. */
const AUTHOR_REFUSED: TurnEnd = { ...EMPTY_END, outcome: "failed", failureCode: "author_refused" };

/** What Claude has said and done in a turn. */
interface Said {
  /** An agent has taken the question up. */
  hasBegun: boolean;
  readonly texts: string[];
  /** The tool uses that people were asked about. */
  readonly asked: Set<string>;
  /** The error id under which a secret of ours in it was withheld. */
  withheld: string | undefined;
}

const SPOKEN: ReadonlySet<AgentEvent["type"]> = new Set(["text", "preview"]);

const ASK_AGAIN =
  "Your last answer did not arrive. If you had finished it, give it again in full; if not, carry on with it.";

/** When a limit lifts, not all channels go on in the same second: each has its own place in the first minute. */
function staggerMs(conversationId: Snowflake): number {
  return 1_000 + (Number(conversationId.slice(-6)) % 60_000);
}

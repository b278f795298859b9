import type { Context, Span, Tracer } from "@opentelemetry/api";
import type { AgentEvent } from "../core/agents/agent.ts";
import type { CoordEvent } from "../core/operations/events.ts";
import type { DeliveryStore, Ledger } from "../core/turns/ledger.ts";
import type { Turn } from "../core/turns/turn.ts";
import type { Tracing } from "./tracing.ts";

type TurnSpans = Pick<Tracing, "hear" | "watchStore"> & {
  /** What is still open ends now: the daemon stops. */
  endAll(): void;
};

/** A turn's span, and those under it that are open. */
interface OpenTurn {
  readonly root: Span;
  readonly context: Context;
  /** `queue`, `agent` or `deliveries`: where the turn is. */
  stage: Span;
  stageContext: Context;
  hasText: boolean;
  readonly tools: Map<string, Span>;
  readonly messages: Map<number, Span>;
}

/** The first millisecond of Discord's ids. */
const DISCORD_EPOCH_MS = 1_420_070_400_000n;

/**
 * A trace a turn: `gateway` (from Discord's clock to ours), `ledger`, `queue`, `agent` with its tools, `deliveries`,
 * and each message that was sent. Names, ids, sizes and costs; never what people or Claude write.
 */
export async function createTurnSpans(tracer: Tracer): Promise<TurnSpans> {
  const { ROOT_CONTEXT, SpanStatusCode, trace } = await import("@opentelemetry/api");
  const open = new Map<string, OpenTurn>();
  const runningIn = new Map<string, string>();
  let accepting: { readonly turnId: string; readonly beganMs: number; readonly endedMs: number } | undefined;

  const child = (name: string, parent: Context, startTime = Date.now()) => {
    const span = tracer.startSpan(name, { startTime }, parent);
    return { span, context: trace.setSpan(parent, span) };
  };
  const begin = (turn: Turn): OpenTurn => {
    const saidMs = turn.messageId === undefined ? turn.acceptedAtMs : sentAtMs(turn.messageId);
    const startMs = Math.min(saidMs, turn.acceptedAtMs);
    const root = tracer.startSpan(
      "turn",
      { startTime: startMs, attributes: attributesOf(turn) },
      ROOT_CONTEXT,
    );
    const context = trace.setSpan(ROOT_CONTEXT, root);
    if (accepting?.turnId === turn.id) {
      child("gateway", context, startMs).span.end(Math.max(startMs, accepting.beganMs));
      child("ledger", context, accepting.beganMs).span.end(accepting.endedMs);
    }
    const { span, context: stageContext } = child("queue", context);
    const known = {
      root,
      context,
      stage: span,
      stageContext,
      hasText: false,
      tools: new Map(),
      messages: new Map(),
    };
    open.set(turn.id, known);
    return known;
  };
  const enter = (turn: OpenTurn, name: string) => {
    for (const tool of turn.tools.values()) tool.end();
    turn.tools.clear();
    turn.stage.end();
    const { span, context } = child(name, turn.context);
    turn.stage = span;
    turn.stageContext = context;
  };
  const end = (id: string, turn: OpenTurn) => {
    for (const span of [...turn.tools.values(), ...turn.messages.values(), turn.stage, turn.root]) span.end();
    open.delete(id);
  };

  const hearTurn = (turn: Turn) => {
    const known = open.get(turn.id) ?? begin(turn);
    if (turn.state === "queued") enter(known, "queue");
    if (turn.state === "running") {
      enter(known, "agent");
      runningIn.set(turn.conversationId, turn.id);
    }
    if (turn.state === "delivering") {
      runningIn.delete(turn.conversationId);
      if (turn.end?.outcome === "failed") known.stage.setStatus({ code: SpanStatusCode.ERROR });
      enter(known, "deliveries");
    }
    if (!ENDS.has(turn.state)) return;
    known.root.setAttributes({ ...attributesOf(turn), ...endAttributes(turn) });
    if (turn.state === "failed") {
      known.root.setStatus({ code: SpanStatusCode.ERROR, message: turn.end?.failureCode ?? "" });
    }
    end(turn.id, known);
  };
  const hearAgent = (turn: OpenTurn, event: AgentEvent) => {
    if (event.type === "tool_use") {
      const { span } = child(`tool ${event.name}`, turn.stageContext);
      turn.tools.set(event.toolUseId, span);
    } else if (event.type === "tool_result") {
      const tool = turn.tools.get(event.toolUseId);
      if (event.isError) tool?.setStatus({ code: SpanStatusCode.ERROR });
      tool?.end();
      turn.tools.delete(event.toolUseId);
    } else if (event.type === "retrying") {
      turn.stage.addEvent("retrying", { attempt: event.attempt, reason: event.reason });
    } else if (!turn.hasText && (event.type === "preview" || event.type === "text")) {
      turn.hasText = true;
      turn.stage.addEvent("first text");
    }
  };

  const watchLedger = (ledger: Ledger): Ledger => ({
    ...ledger,
    accept: (turn) => {
      const beganMs = Date.now();
      const accepted = ledger.accept(turn);
      accepting = { turnId: turn.id, beganMs, endedMs: Date.now() };
      return accepted;
    },
  });
  const watchDeliveries = (deliveries: DeliveryStore): DeliveryStore => ({
    ...deliveries,
    plan: (turnId, position, nonce) => {
      deliveries.plan(turnId, position, nonce);
      const turn = open.get(turnId);
      turn?.messages.set(position, child("message", turn.context).span.setAttribute("position", position));
    },
    sent: (turnId, position, messageId) => {
      deliveries.sent(turnId, position, messageId);
      const turn = open.get(turnId);
      turn?.messages.get(position)?.setAttribute("message_id", messageId).end();
      turn?.messages.delete(position);
    },
  });

  return {
    hear: (event: CoordEvent) => {
      if (event.type === "turn_changed") return hearTurn(event.turn);
      if (event.type !== "agent") return;
      const turn = open.get(runningIn.get(event.conversationId) ?? "");
      if (turn !== undefined) hearAgent(turn, event.event);
    },
    watchStore: <T extends object>(name: string, store: T): T => {
      if (name === "ledger") return watchLedger(store as unknown as Ledger) as unknown as T;
      if (name === "deliveries") return watchDeliveries(store as unknown as DeliveryStore) as unknown as T;
      return store;
    },
    endAll: () => {
      for (const [id, turn] of open) end(id, turn);
    },
  };
}

const ENDS: ReadonlySet<Turn["state"]> = new Set<Turn["state"]>([
  "answered",
  "failed",
  "cancelled",
  "expired",
]);

/** When Discord gave out an id. */
function sentAtMs(snowflake: string): number {
  return Number((BigInt(snowflake) >> 22n) + DISCORD_EPOCH_MS);
}

function attributesOf(turn: Turn) {
  return {
    "claude_coord.turn_id": turn.id,
    "claude_coord.conversation": turn.conversationId,
    "claude_coord.project": turn.projectName,
    ...(turn.sessionId === undefined ? {} : { "claude_coord.session_id": turn.sessionId }),
  };
}

function endAttributes({ state, end }: Turn) {
  return {
    "claude_coord.outcome": state,
    ...(end?.failureCode === undefined ? {} : { "claude_coord.failure": end.failureCode }),
    ...(end?.errorId === undefined ? {} : { "claude_coord.error_id": end.errorId }),
    ...(end?.stats === undefined
      ? {}
      : {
          "claude_coord.cost_usd": end.stats.costUsd,
          "claude_coord.input_tokens": end.stats.inputTokens,
          "claude_coord.output_tokens": end.stats.outputTokens,
        }),
  };
}

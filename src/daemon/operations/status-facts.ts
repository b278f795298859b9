import { daysUpTo, sumUsage } from "../../core/history/usage.ts";
import type { Activity } from "../../core/operations/activity.ts";
import type { Health } from "../../core/operations/health.ts";
import { alertText } from "../../discord/channel/alert-text.ts";
import type { Gateway } from "../../discord/gateway/gateway.ts";
import { toolLine } from "../../discord/reply/tool-line.ts";
import { HOLDS } from "../../discord/reply/waiting-text.ts";
import type { ConversationFact, QueuedFact, StatusFacts } from "../../http/page/status-facts.ts";
import type { QueuedTurn } from "../../sqlite/overview.ts";
import type { Agents } from "../agents/agents.ts";
import type { DaemonContext } from "../context.ts";

export interface StatusSources {
  readonly context: DaemonContext;
  readonly activity: Activity;
  readonly health: () => Promise<Health>;
  /** What there is once the start has come so far. */
  readonly parts: () => { gateway?: Gateway; agents?: Agents; claudeVersion?: string };
  readonly version: string;
  readonly startedAtMs: number;
}

const DAYS = 30;
const MOST_CONVERSATIONS = 100;
const MOST_ERRORS = 10;

/** Gathers what the status page shows. */
export async function statusFacts(sources: StatusSources): Promise<StatusFacts> {
  const { context, activity } = sources;
  const { stores, projectNamed } = context;
  const { gateway, agents, claudeVersion } = sources.parts();
  const nowMs = Date.now();
  const channel = (id: string) => {
    const name = gateway?.channelName(id);
    return name === undefined ? id : `#${name}`;
  };
  const running = activity.running();
  const queued = stores.overview.queue();
  const working = new Set(running.map(({ turn }) => turn.conversationId));
  const waiting = new Set(queued.map(({ conversationId }) => conversationId));
  const warm = agents?.pool.sessions();
  const stateOf = (id: string): ConversationFact["state"] =>
    working.has(id) ? "working" : waiting.has(id) ? "waiting" : warm?.has(id) ? "warm" : "resting";
  const counts = agents?.pool.counts() ?? { busy: 0, idle: 0 };
  return {
    botName: gateway?.botName() || "claude-coord",
    version: sources.version,
    claudeVersion: claudeVersion ?? "not found yet",
    nowMs,
    startedAtMs: sources.startedAtMs,
    health: await sources.health(),
    agents: { busy: counts.busy, idle: counts.idle, max: agents?.maxAgents() ?? 0 },
    conversations: stores.sessions
      .list()
      .slice(0, MOST_CONVERSATIONS)
      .map((session) => ({
        project: session.projectName,
        channel: channel(session.conversationId),
        sessionId: session.sessionId,
        messages: session.messageCount,
        costUsd: session.costUsd,
        lastActiveMs: session.lastActiveMs,
        state: stateOf(session.conversationId),
      })),
    running: running.map(({ turn, startedAtMs, firstTextAtMs, tool }) => ({
      project: turn.projectName,
      channel: channel(turn.conversationId),
      who: turn.authorName ?? "Claude itself",
      startedAtMs,
      isWriting: firstTextAtMs !== undefined,
      tool: tool && {
        line: plain(toolLine(tool.name, tool.input, projectNamed(turn.projectName)?.projectDir)),
        startedAtMs: tool.startedAtMs,
      },
    })),
    queue: queued
      .filter(({ conversationId, acceptedAtMs }) =>
        running.every(
          ({ turn }) => turn.conversationId !== conversationId || turn.acceptedAtMs !== acceptedAtMs,
        ),
      )
      .map((turn) => ({
        project: turn.projectName,
        channel: channel(turn.conversationId),
        who: turn.authorName ?? "Claude itself",
        acceptedAtMs: turn.acceptedAtMs,
        because: because(turn, nowMs),
      })),
    days: costPerDay(context, nowMs),
    errors: stores.history
      .failures({ limit: MOST_ERRORS })
      .map(({ errorId, endedAtMs, acceptedAtMs, projectName, failureCode }) => ({
        errorId: errorId ?? "",
        atMs: endedAtMs ?? acceptedAtMs,
        project: projectName,
        code: failureCode ?? "",
      })),
    alerts: stores.alerts.standing().map((alert) => ({
      text: plain(alertText(alert)),
      sinceMs: alert.changedAtMs,
    })),
  };
}

function costPerDay({ stores }: DaemonContext, nowMs: number): StatusFacts["days"] {
  const days = daysUpTo(nowMs, DAYS);
  const usage = stores.usage.daily({ from: days[0] });
  return days.map((day) => {
    const { costUsd, turns } = sumUsage(usage.filter((each) => each.day === day));
    return { day, costUsd, turns };
  });
}

function because(
  { awaits, heldUntilMs, heldBy }: Pick<QueuedTurn, "awaits" | "heldUntilMs" | "heldBy">,
  nowMs: number,
): QueuedFact["because"] {
  if (awaits !== null) return "waits for a person's answer in the channel";
  if (heldUntilMs === null || heldUntilMs <= nowMs) return undefined;
  return `${HOLDS[heldBy ?? "usage_limit"]} holds it until ${new Date(heldUntilMs).toISOString().slice(11, 16)} UTC`;
}

/** Without Discord's markup, which no browser knows. */
function plain(markdown: string): string {
  return markdown
    .replaceAll(
      /<t:(\d+):\w>/g,
      (_, seconds) => `${new Date(Number(seconds) * 1000).toISOString().slice(0, 16).replace("T", " ")} UTC`,
    )
    .replaceAll(/\*\*|`|^⚠️ |\\(?=[*_`~|\\])/g, "");
}

import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from "prom-client";
import type { Activity } from "../../core/operations/activity.ts";
import type { CoordEvent } from "../../core/operations/events.ts";
import type { Turn } from "../../core/turns/turn.ts";
import { createLabelCap } from "./label-cap.ts";

/** What is asked when the metrics are read. */
export interface MetricsSources {
  readonly activity: Pick<Activity, "runningIn">;
  readonly now: () => number;
  /** Turns that have not ended, by what they wait for. */
  readonly openTurns: () => { queued: number; running: number; delivering: number };
  /** Agents by what they do; `waiting`: conversations that wait for one. */
  readonly agents: () => { busy: number; idle: number; waiting: number };
  readonly isGatewayReady: () => boolean;
  readonly diskFreeBytes: () => number;
  /** Each health check, and whether it holds. */
  readonly checks: () => Promise<Readonly<Record<string, boolean>>>;
  /** The alerts that stand. */
  readonly alerts: () => readonly string[];
  readonly versions: { readonly coord: string; readonly claude: () => string };
}

export interface Metrics {
  hear(event: CoordEvent): void;
  /** In Prometheus' text format. */
  text(): Promise<string>;
  readonly contentType: string;
  /** Names of all metrics, for checking what is written about them. */
  names(): readonly string[];
}

/** From an answer at once to one that took half an hour. */
const SECONDS = [0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600, 1800];
/** Projects beyond these are counted together, so that the number of series stays bounded. */
const MOST_PROJECTS = 100;
const MOST_WINDOWS = 10;

/** Counts what the events tell. Metrics of the process itself (memory, event loop) have prom-client's own names. */
export function createMetrics(sources: MetricsSources): Metrics {
  const register = new Registry();
  collectDefaultMetrics({ register });
  const registers = [register];
  const projectOf = createLabelCap(MOST_PROJECTS);
  const windowOf = createLabelCap(MOST_WINDOWS);
  const counter = <L extends string>(name: string, help: string, ...labelNames: L[]) =>
    new Counter({ name: `claude_coord_${name}`, help, labelNames, registers });
  const histogram = (name: string, help: string) =>
    new Histogram({ name: `claude_coord_${name}`, help, buckets: SECONDS, registers });
  const asked = (name: string, help: string, value: () => number) =>
    new Gauge({
      name: `claude_coord_${name}`,
      help,
      registers,
      collect() {
        this.set(value());
      },
    });

  const turns = counter("turns_total", "Turns that ended, by project and end.", "project", "end");
  const failures = counter("turn_failures_total", "Turns that failed, by why.", "code");
  const firstText = histogram(
    "turn_first_text_seconds",
    "From a message's acceptance to Claude's first text.",
  );
  const duration = histogram(
    "turn_seconds",
    "From a message's acceptance until its end stood in the channel.",
  );
  const cost = counter(
    "cost_usd_total",
    "Cost of turns in US dollars, as Claude Code estimates it.",
    "project",
  );
  const tokens = counter("tokens_total", "Tokens read (input) and written (output).", "project", "direction");
  const rateLimited = counter("discord_rate_limited_total", "Answers 429 of Discord.", "scope");
  const reconnects = counter("gateway_reconnects_total", "Times that the gateway connection came back.");
  const exits = counter("agent_exits_total", "Agents that ended, by why; `stopped` is no failure.", "reason");
  const refused = counter("messages_refused_total", "Messages of people who may not talk.", "reason");
  const prompts = counter("permission_prompts_total", "Permission prompts, by what became of them.", "state");
  const usage = new Gauge({
    name: "claude_coord_usage_window_ratio",
    help: "How much of the plan's usage window is used, 0 to 1, where Claude Code tells it.",
    labelNames: ["window"],
    registers,
  });

  asked("queue_depth", "Turns that wait to run.", () => sources.openTurns().queued);
  asked("turns_running", "Turns that an agent works on.", () => sources.openTurns().running);
  asked("turns_delivering", "Turns whose end is still to be shown.", () => sources.openTurns().delivering);
  asked("agents_waiting", "Conversations that wait for an agent.", () => sources.agents().waiting);
  asked("gateway_ready", "Whether Discord sends events.", () => Number(sources.isGatewayReady()));
  asked("disk_free_bytes", "Free bytes where the bot keeps its files.", sources.diskFreeBytes);
  new Gauge({
    name: "claude_coord_agents",
    help: "Agents, by whether they work (busy) or are kept for the next message (warm).",
    labelNames: ["state"],
    registers,
    collect() {
      const { busy, idle } = sources.agents();
      this.set({ state: "busy" }, busy);
      this.set({ state: "warm" }, idle);
    },
  });
  new Gauge({
    name: "claude_coord_health",
    help: "1 while a check of /healthz is not failing.",
    labelNames: ["check"],
    registers,
    async collect() {
      for (const [check, holds] of Object.entries(await sources.checks())) this.set({ check }, Number(holds));
    },
  });
  new Gauge({
    name: "claude_coord_alert_active",
    help: "1 for each alert that stands.",
    labelNames: ["alert"],
    registers,
    collect() {
      this.reset();
      for (const alert of sources.alerts()) this.set({ alert }, 1);
    },
  });
  new Gauge({
    name: "claude_coord_info",
    help: "Always 1; its labels tell the versions.",
    labelNames: ["version", "claude_version"],
    registers,
    collect() {
      this.reset();
      this.set({ version: sources.versions.coord, claude_version: sources.versions.claude() }, 1);
    },
  });

  const seconds = (turn: Turn) => Math.max(0, sources.now() - turn.acceptedAtMs) / 1000;
  const countEnd = (turn: Turn, end: string) => {
    const project = projectOf(turn.projectName);
    turns.inc({ project, end });
    duration.observe(seconds(turn));
    if (turn.end?.failureCode !== undefined) failures.inc({ code: turn.end.failureCode });
    const stats = turn.end?.stats;
    if (stats === undefined) return;
    cost.inc({ project }, Math.max(0, stats.costUsd));
    tokens.inc({ project, direction: "input" }, stats.inputTokens);
    tokens.inc({ project, direction: "output" }, stats.outputTokens);
  };

  // Whose first text was seen; at most one a conversation.
  const begun = new Map<string, string>();
  let wasReady = false;
  return {
    contentType: register.contentType,
    text: () => register.metrics(),
    names: () => register.getMetricsAsArray().map(({ name }) => name),
    hear: (event) => {
      switch (event.type) {
        case "turn_changed": {
          const { turn } = event;
          if (!ENDS.has(turn.state)) return;
          begun.delete(turn.conversationId);
          return countEnd(turn, turn.state);
        }
        case "agent": {
          const running = sources.activity.runningIn(event.conversationId);
          if (running?.firstTextAtMs !== undefined && begun.get(event.conversationId) !== running.turn.id) {
            begun.set(event.conversationId, running.turn.id);
            firstText.observe(Math.max(0, running.firstTextAtMs - running.turn.acceptedAtMs) / 1000);
          }
          if (event.event.type === "exited") exits.inc({ reason: event.event.failure?.code ?? "stopped" });
          if (event.event.type === "usage_window" && event.event.utilization !== undefined) {
            usage.set({ window: windowOf(event.event.window || "unknown") }, event.event.utilization);
          }
          return;
        }
        case "gateway":
          if (event.state !== "lost" && wasReady) reconnects.inc();
          if (event.state !== "lost") wasReady = true;
          return;
        case "rate_limited":
          return rateLimited.inc({ scope: event.isGlobal ? "global" : "route" });
        case "message_refused":
        case "flood_refused":
          return refused.inc({ reason: event.reason });
        case "prompt_decided":
          return prompts.inc({ state: event.state });
      }
    },
  };
}

const ENDS: ReadonlySet<Turn["state"]> = new Set<Turn["state"]>([
  "answered",
  "failed",
  "cancelled",
  "expired",
]);

import { existsSync, readFileSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import { openDatabase } from "../../src/sqlite/database.ts";
import { createSessionStore } from "../../src/sqlite/sessions.ts";
import { written } from "../support/answers.ts";
import { killIfThere } from "../support/processes-with.ts";
import { crashPointName } from "./crash-point.ts";
import { type Asked, violations } from "./invariants.ts";
import { type LedgerView, viewLedger } from "./ledger-view.ts";
import { type Action, PLACES, type Plan, type RestFault } from "./plan.ts";
import { promptText } from "./prompt-text.ts";
import { type SupervisedDaemon, superviseDaemon } from "./supervised-daemon.ts";
import { type AgentKind, type ChaosWorld, createWorld } from "./world.ts";

export interface RunOptions {
  readonly agent: AgentKind;
  /** A directory in which Node keeps the stripped sources, shared by all runs. */
  readonly compileCache: string;
  /** How long everything may take to end once nothing goes wrong any more. */
  readonly calmTimeoutMs: number;
}

export interface RunResult {
  readonly plan: Plan;
  readonly agent: AgentKind;
  /** What did not hold; empty for a good run. */
  readonly violations: readonly string[];
  /** Crash points at which the daemon died. */
  readonly reached: readonly string[];
  /** What happened, with the time in ms since the start. */
  readonly timeline: readonly string[];
  /** What stands in each channel at the end. */
  readonly channels: readonly string[];
  /** The daemon's log, its last lines. */
  readonly log: readonly string[];
}

/** Plays a plan, waits until nothing is open any more, and looks at what was promised. */
export async function runPlan(plan: Plan, options: RunOptions): Promise<RunResult> {
  const startedMs = performance.now();
  const timeline: string[] = [];
  const note = (what: string) => void timeline.push(`${Math.round(performance.now() - startedMs)} ${what}`);
  const world = await createWorld(options.agent, options.compileCache);
  const daemon = superviseDaemon({
    env: world.env,
    crashes: plan.crashes.map(crashPointName),
    restartAfterMs: plan.restartAfterMs,
    note,
  });
  let ledger: LedgerView | undefined;
  try {
    await daemon.firstReady;
    ledger = viewLedger(world.databaseFile);
    const play = createPlayer(world, daemon, note);
    for (const { afterMs, action } of plan.steps) {
      await delay(afterMs);
      await play.act(action);
    }
    await play.calm();
    note("calm");
    const late = await allEnded(ledger, play.asked, daemon, options.calmTimeoutMs);
    note("all ended, or given up");
    await daemon.stop();
    const left = world.allPids();
    const channels = new Map(
      PLACES.map((place) => [world.channelOf(place).id, written(world.discord, world.channelOf(place))]),
    );
    const found = violations({
      asked: play.asked,
      written: channels,
      ledger,
      deaths: daemon.deaths(),
      agentsKilled: plan.steps.some(({ action }) => action.type === "kill_agents"),
      resetChannelIds: play.resetChannelIds,
    });
    return {
      plan,
      agent: options.agent,
      violations: [
        ...late,
        ...found,
        ...daemon.unexpected,
        ...(left.length > 0 ? [`processes are left: ${left.join(", ")}`] : []),
      ],
      reached: daemon.reached,
      timeline,
      channels: PLACES.flatMap((place) => [`#${place}`, ...shown(world, place)]),
      log: lastLines(world.logFile),
    };
  } finally {
    await daemon.stop();
    ledger?.close();
    await world.stop();
  }
}

function createPlayer(world: ChaosWorld, daemon: SupervisedDaemon, note: (what: string) => void) {
  const { discord, person } = world;
  const asked: Asked[] = [];
  const resetChannelIds = new Set<string>();
  let back = Promise.resolve();

  const act = async (action: Action): Promise<void> => {
    note(JSON.stringify(action));
    switch (action.type) {
      case "say": {
        const channelId = world.channelOf(action.place).id;
        const message = await person.says(channelId, promptText(action), { mention: true });
        asked.push({ prompt: action, channelId, messageId: message.id });
        return;
      }
      case "chatter":
        return void (await person.says(world.channelOf(action.place), "not for the bot"));
      case "kill":
        return daemon.signal("SIGKILL");
      case "terminate":
        return daemon.signal("SIGTERM");
      case "kill_agents":
        return world.agentPids().forEach(killIfThere);
      case "reset":
        resetChannelIds.add(world.channelOf(action.place).id);
        return resetSession(world.databaseFile, world.channelOf(action.place).id);
      case "drop_sockets":
        return discord.faults.dropSockets();
      case "invalidate_sessions":
        return discord.faults.invalidateSessions({ resumable: action.resumable });
      case "request_reconnect":
        return discord.faults.requestReconnect();
      case "away":
        await back;
        await discord.faults.goAway();
        back = delay(action.forMs).then(() => discord.faults.comeBack());
        return;
      case "rest_fault":
        return discord.faults.failNext(restFault(action));
    }
  };

  return {
    asked,
    resetChannelIds,
    act,
    /** Nothing goes wrong any more. */
    calm: async () => {
      await back;
      discord.faults.clear();
    },
  };
}

function restFault({ method, status, times, afterTakingEffect }: RestFault) {
  return { method, path: MESSAGES, status, times, afterTakingEffect, retryAfterMs: 300, delayMs: 700 };
}

const MESSAGES = /^\/channels\/\d+\/messages/;

/** As `sessions reset` does it, in a process of its own with nothing but the database. */
function resetSession(databaseFile: string, channelId: string): void {
  const db = openDatabase(databaseFile);
  createSessionStore(db, Date.now).reset(channelId, "reset in a shell");
  db.close();
}

/** Waits for the end of every message; what is said when that takes too long. */
async function allEnded(
  ledger: LedgerView,
  asked: readonly Asked[],
  daemon: SupervisedDaemon,
  timeoutMs: number,
): Promise<string[]> {
  const deadlineMs = performance.now() + timeoutMs;
  while (performance.now() < deadlineMs) {
    await delay(50);
    if (!daemon.isReady()) continue;
    const turns = new Map(ledger.turns().map((turn) => [turn.messageId, turn.state]));
    const open = [...turns.values()].filter((state) => OPEN.has(state));
    if (open.length === 0 && asked.every(({ messageId }) => turns.has(messageId))) return [];
  }
  return [`not everything ended within ${timeoutMs} ms`];
}

const OPEN: ReadonlySet<string> = new Set(["accepted", "queued", "running", "delivering"]);

function shown(world: ChaosWorld, place: (typeof PLACES)[number]): string[] {
  return world.discord.messages(world.channelOf(place)).map((message) => {
    const answers = message.message_reference?.message_id;
    const text =
      message.content.length > 120
        ? `${message.content.slice(0, 60)} … ${message.content.slice(-60)}`
        : message.content;
    return `  ${message.id} ${message.author.username}${answers ? ` (to ${answers})` : ""}: ${JSON.stringify(text)}`;
  });
}

function lastLines(file: string): string[] {
  return existsSync(file) ? readFileSync(file, "utf8").trim().split("\n").slice(-KEPT_LOG_LINES) : [];
}

const KEPT_LOG_LINES = 200;

import { existsSync, readFileSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import { openDatabase } from "../../src/sqlite/database.ts";
import { createSessionStore } from "../../src/sqlite/sessions.ts";
import { written } from "../support/answers.ts";
import { killIfThere } from "../support/processes-with.ts";
import { crashPointName, NEVER } from "./crash-point.ts";
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
  /** How long nothing may change, once nothing goes wrong any more, before what is open is taken to be stuck. */
  readonly stuckAfterMs: number;
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
  const world = await createWorld(options.agent, options.compileCache, {
    hangs: plan.steps.some(({ action }) => action.type === "say" && action.fault === "hangs"),
    config: plan.config ?? {},
  });
  const daemon = superviseDaemon({
    env: world.env,
    crashes: plan.crashes.map(crashPointName),
    restartAfterMs: plan.restartAfterMs,
    note,
  });
  let ledger: LedgerView | undefined;
  let play: ReturnType<typeof createPlayer> | undefined;
  try {
    await daemon.firstReady;
    ledger = viewLedger(world.databaseFile);
    play = createPlayer(world, daemon, ledger, note);
    for (const { afterMs, action } of plan.steps) {
      await delay(afterMs);
      await play.act(action);
    }
    await play.calm();
    note("calm");
    const late = await allEnded(ledger, play.asked, daemon, options.stuckAfterMs);
    note("all ended, or given up");
    await play.rest();
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
      questions: new Set(ledger.questions()),
      resetChannelIds: play.resetChannelIds,
    });
    return {
      plan,
      agent: options.agent,
      violations: [
        ...late,
        ...play.failures,
        ...missed(plan, daemon.reached),
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
    await play?.rest();
    await daemon.stop();
    ledger?.close();
    await world.stop();
  }
}

/** A scene is written for its crash: one that it does not meet proves nothing. */
function missed({ name, crashes }: Plan, reached: readonly string[]): string[] {
  const wanted = name === undefined ? [] : crashes.filter((point) => point !== NEVER).map(crashPointName);
  return wanted
    .filter((point) => !reached.includes(point))
    .map((point) => `the daemon did not die at ${point}`);
}

function createPlayer(
  world: ChaosWorld,
  daemon: SupervisedDaemon,
  ledger: LedgerView,
  note: (what: string) => void,
) {
  const { discord, person } = world;
  const asked: Asked[] = [];
  const failures: string[] = [];
  const pressers: ReturnType<typeof startPressing>[] = [];
  const resetChannelIds = new Set<string>();
  let back = Promise.resolve();
  const find = (marker: string) => {
    const one = asked.find(({ prompt }) => prompt.marker === marker);
    if (one === undefined) throw new Error(`the plan has said nothing as ${marker}`);
    return one;
  };
  const turnOf = (marker: string) => {
    const { messageId } = find(marker);
    return ledger.turns().find((turn) => turn.messageId === messageId);
  };
  const until = async (what: string, isSo: () => boolean) => {
    const deadlineMs = performance.now() + STEP_TIMEOUT_MS;
    while (!isSo()) {
      if (performance.now() > deadlineMs) return void failures.push(`it never came to that: ${what}`);
      await delay(20);
    }
  };
  const refOf = ({ channelId, messageId }: Asked) => ({ id: messageId, channel_id: channelId });

  const act = async (action: Action): Promise<void> => {
    note(JSON.stringify(action));
    switch (action.type) {
      case "say": {
        const channelId = world.channelOf(action.place).id;
        const message = await person.says(channelId, promptText(action), { mention: true });
        asked.push({
          prompt: action,
          channelId,
          messageId: message.id,
          newMarker: undefined,
          isDeleted: false,
        });
        return;
      }
      case "edit": {
        const one = find(action.marker);
        const edited = promptText({ ...one.prompt, marker: action.newMarker });
        await person.edits(refOf(one), `${discord.bot.mention} ${edited}`);
        asked[asked.indexOf(one)] = { ...one, newMarker: action.newMarker };
        return;
      }
      case "delete": {
        const one = find(action.marker);
        asked[asked.indexOf(one)] = { ...one, isDeleted: true };
        return person.deletes(refOf(one));
      }
      case "until":
        return until(`${action.marker} is ${action.states.join(" or ")}`, () =>
          action.states.includes(turnOf(action.marker)?.state ?? ""),
        );
      case "until_shown":
        return until(`something of ${action.marker} is shown`, () => {
          const turnId = turnOf(action.marker)?.id;
          return ledger.deliveries().some((one) => one.turnId === turnId && one.messageId !== null);
        });
      case "until_tool":
        return until(`a tool of ${action.marker} is at work`, () => turnOf(action.marker)?.openTool != null);
      case "until_down":
        return until("the daemon is down", () => daemon.pid === undefined);
      case "press": {
        const presser = startPressing(world, action.place, action.label);
        pressers.push(presser);
        let isHeard = false;
        void presser.first.then(() => {
          isHeard = true;
        });
        return until(`"${action.label}" is pressed and heard`, () => isHeard);
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
    failures,
    resetChannelIds,
    act,
    /** Nobody presses anything any more. */
    rest: async () => {
      await Promise.all(pressers.map(({ stop }) => stop()));
    },
    /** Nothing goes wrong any more. */
    calm: async () => {
      await back;
      discord.faults.clear();
    },
  };
}

/**
 * Somebody who presses each button with this label as it appears, and again while no daemon hears of it. `first`
 * settles once one was heard.
 */
function startPressing(world: ChaosWorld, place: (typeof PLACES)[number], label: string) {
  const { discord, person } = world;
  const heard = new Set<string>();
  const unheard = new Set<string>();
  const first = Promise.withResolvers<void>();
  const over = new AbortController();
  const withButton = () =>
    written(discord, world.channelOf(place)).filter((message) =>
      JSON.stringify(message.components ?? []).includes(`"${label}"`),
    );
  const pressing = (async () => {
    while (!over.signal.aborted) {
      await delay(100);
      const there = withButton();
      // The daemon that heard it has died before it said so, and the next one has taken the button away.
      if ([...unheard].some((pressedId) => there.every(({ id }) => id !== pressedId))) first.resolve();
      for (const message of there) {
        if (heard.has(message.id)) continue;
        try {
          const click = await person.clicks(message, label);
          await click.answered();
          heard.add(message.id);
          first.resolve();
        } catch {
          unheard.add(message.id);
        }
      }
    }
  })();
  return {
    first: first.promise,
    stop: async () => {
      over.abort();
      await pressing;
    },
  };
}

/** For what a scene waits for, also on a busy machine. */
const STEP_TIMEOUT_MS = 180_000;

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

/** Waits for the end of every message; what is said when it does not come. */
async function allEnded(
  ledger: LedgerView,
  asked: readonly Asked[],
  daemon: SupervisedDaemon,
  stuckAfterMs: number,
): Promise<string[]> {
  let latest = "";
  let changedMs = performance.now();
  while (performance.now() < changedMs + stuckAfterMs) {
    await delay(50);
    const now = JSON.stringify([daemon.pid, daemon.isReady(), ledger.turns()]);
    if (now !== latest) [latest, changedMs] = [now, performance.now()];
    if (!daemon.isReady()) continue;
    const turns = new Map(ledger.turns().map((turn) => [turn.messageId, turn.state]));
    const open = [...turns.values()].filter((state) => OPEN.has(state));
    const isTaken = ({ messageId, isDeleted }: Asked) => isDeleted || turns.has(messageId);
    if (open.length === 0 && asked.every(isTaken)) return [];
  }
  return [`not everything ended, and nothing moved for ${stuckAfterMs} ms`];
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

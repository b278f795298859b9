import { CRASH_POINTS, type CrashPoint } from "./crash-point.ts";
import { createRandom, type Random } from "./random.ts";

/** Where people talk: two channels, each a project, and a thread under the first. */
export const PLACES = ["web", "api", "thread"] as const;
export type Place = (typeof PLACES)[number];

/** What a prompt makes its agent do instead of answering; see the stand-in for `claude`. */
export type AgentFault =
  | "dies-first"
  | "dies-mid-text"
  | "dies-after-answer"
  | "hangs"
  | "garbage"
  | "refuses"
  /** No fault: it uses a tool for which a person must be asked, or one that is allowed and takes four seconds. */
  | "asks-for-tool"
  | "uses-tool";

export interface Prompt {
  readonly type: "say";
  readonly place: Place;
  /** `m7`: what the prompt and every line of its answer carry. */
  readonly marker: string;
  readonly lines: number;
  readonly paceMs: number;
  readonly fault: AgentFault | undefined;
}

export interface RestFault {
  readonly type: "rest_fault";
  readonly method: "POST" | "PATCH" | "GET";
  readonly status: 429 | 500 | 503 | "hang" | "drop" | "slow";
  readonly times: number;
  readonly afterTakingEffect: boolean;
}

export type Action =
  | Prompt
  /** Somebody says something to somebody else. */
  | { readonly type: "chatter"; readonly place: Place }
  /** SIGKILL, wherever the daemon is. */
  | { readonly type: "kill" }
  /** SIGTERM, as a restart of the service sends it. */
  | { readonly type: "terminate" }
  | { readonly type: "kill_agents" }
  /** Somebody edits a message: its marker becomes the new one. */
  | { readonly type: "edit"; readonly marker: string; readonly newMarker: string }
  | { readonly type: "delete"; readonly marker: string }
  /** From now on somebody presses each button with this label; the plan goes on once one was heard. */
  | { readonly type: "press"; readonly place: Place; readonly label: string }
  /** Waits until the turn of a message is in one of these states; it is a failure when that never comes. */
  | { readonly type: "until"; readonly marker: string; readonly states: readonly string[] }
  /** Waits until something of this turn stands in its channel. */
  | { readonly type: "until_shown"; readonly marker: string }
  /** Waits until a tool of this turn is at work. */
  | { readonly type: "until_tool"; readonly marker: string }
  /** Waits until the daemon is dead. */
  | { readonly type: "until_down" }
  /** `sessions reset` in a shell. */
  | { readonly type: "reset"; readonly place: Place }
  | { readonly type: "drop_sockets" }
  | { readonly type: "invalidate_sessions"; readonly resumable: boolean }
  | { readonly type: "request_reconnect" }
  /** Discord can't be reached at all for a while. */
  | { readonly type: "away"; readonly forMs: number }
  | RestFault;

export interface Step {
  /** After the step before. */
  readonly afterMs: number;
  readonly action: Action;
}

/** Everything that one run does; the same for the same seed. */
export interface Plan {
  readonly seed: number;
  /** Where the daemon dies in each of its lives; when they are used up it lives on. */
  readonly crashes: readonly CrashPoint[];
  /** How long it is gone each time. */
  readonly restartAfterMs: number;
  readonly steps: readonly Step[];
  /** Of a directed plan. */
  readonly name?: string;
  /** Over what stands in the config. */
  readonly config?: Readonly<Record<string, unknown>>;
}

/** The plan of a seed. Seeds in a row begin with each crash point in turn, so a few dozen runs meet them all. */
export function createPlan(seed: number): Plan {
  const random = createRandom(seed);
  const first = CRASH_POINTS[(seed >>> 0) % CRASH_POINTS.length]!;
  const more = Array.from(
    {
      length: random.weighted([
        [5, 0],
        [3, 1],
        [1, 2],
      ]),
    },
    () => random.pick(CRASH_POINTS),
  );
  const steps: Step[] = [];
  const prompts = random.whole(5, 9);
  for (let asked = 0; asked < prompts; ) {
    // The first crash point is to be met before anything else kills the daemon.
    const isPrompt = asked < FIRST_PROMPTS || random.chance(0.55);
    if (isPrompt) asked += 1;
    const action = isPrompt ? prompt(random, asked) : trouble(random, steps);
    steps.push({ afterMs: pause(random, steps.at(-1)?.action), action });
  }
  return { seed, crashes: [first, ...more], restartAfterMs: random.whole(20, 400), steps };
}

const FIRST_PROMPTS = 3;

/** Now and then long enough for the daemon to be back. */
function pause(random: Random, before: Action | undefined): number {
  const died = before?.type === "kill" || before?.type === "terminate";
  if (died && random.chance(0.6)) return random.whole(1_000, 2_500);
  return random.chance(0.4) ? random.whole(0, 20) : random.whole(20, 500);
}

function prompt(random: Random, number: number): Prompt {
  const [lines, paceMs] = random.weighted([
    [4, [random.whole(1, 3), random.whole(0, 20)]],
    [2, [random.whole(3, 8), random.whole(50, 150)]],
    // More than one message of Discord's.
    [2, [random.whole(150, 260), random.whole(0, 3)]],
    [1, [random.whole(10, 20), random.whole(100, 200)]],
  ]);
  const fault = random.weighted<AgentFault | undefined>([
    [40, undefined],
    [1, "dies-first"],
    [1, "dies-mid-text"],
    [1, "dies-after-answer"],
    [0.5, "hangs"],
    [1, "garbage"],
    [1, "refuses"],
  ]);
  return {
    type: "say",
    place: random.pick(PLACES),
    marker: `m${number}`,
    lines: lines!,
    paceMs: paceMs!,
    fault,
  };
}

function trouble(random: Random, before: readonly Step[]): Action {
  const kills = before.filter(({ action }) => action.type === "kill").length;
  return random.weighted<Action>([
    [kills < 2 ? 3 : 0, { type: "kill" }],
    [1, { type: "terminate" }],
    [1, { type: "kill_agents" }],
    [1, { type: "reset", place: random.pick(PLACES) }],
    ...changes(before),
    [2, { type: "drop_sockets" }],
    [1, { type: "invalidate_sessions", resumable: random.chance(0.5) }],
    [1, { type: "request_reconnect" }],
    [1, { type: "away", forMs: random.whole(100, 1_500) }],
    [8, restFault(random)],
    [1, { type: "chatter", place: random.pick(PLACES) }],
  ]);
}

/** An edit or a delete of what was said last, which may wait, run, or be answered. */
function changes(before: readonly Step[]): (readonly [number, Action])[] {
  const prompts = before.flatMap(({ action }) => (action.type === "say" ? action : []));
  const latest = prompts.at(-1);
  if (latest === undefined || latest.fault !== undefined) return [];
  const number = Number(latest.marker.slice(1));
  if (
    before.some(
      ({ action }) => "marker" in action && action.type !== "say" && action.marker === latest.marker,
    )
  )
    return [];
  const newMarker = `m${EDITED + number}`;
  return [
    [1, { type: "edit", marker: latest.marker, newMarker }],
    [1, { type: "delete", marker: latest.marker }],
  ];
}

const EDITED = 100;

function restFault(random: Random): RestFault {
  const status = random.weighted<RestFault["status"]>([
    [3, 429],
    [3, 500],
    [2, 503],
    [3, "drop"],
    [1, "slow"],
    // Costs the 15 s that discord.js waits for an answer.
    [0.3, "hang"],
  ]);
  const method = random.weighted<RestFault["method"]>([
    [5, "POST"],
    [2, "PATCH"],
    [1, "GET"],
  ]);
  const afterTakingEffect = status !== 429 && status !== "slow" && random.chance(0.6);
  const times =
    status === "hang"
      ? 1
      : random.weighted([
          [5, 1],
          [2, 2],
          [1, 5],
        ]);
  return { type: "rest_fault", method, status, times, afterTakingEffect };
}

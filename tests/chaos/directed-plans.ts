import { around, type CrashPoint, NEVER, type Write } from "./crash-point.ts";
import type { Action, Place, Plan, Prompt, Step } from "./plan.ts";

/**
 * Plans that lead to what random ones seldom or never meet. The first are the scenes themselves, in which nothing
 * dies but what they let die; then each once more for every crash point that it has.
 */
export function directedPlans(): Plan[] {
  const plain = SCENES.map((scene) => planOf(scene, undefined));
  const crashing = SCENES.flatMap((scene) =>
    scene.writes.flatMap((write) => around(write, 1)).map((point) => planOf(scene, point)),
  );
  return [...plain, ...crashing].map((plan, index) => ({ ...plan, seed: -1 - index }));
}

/** How many of them are scenes without a crash. */
export const sceneCount = () => SCENES.length;

function planOf(
  { name, begin, death = [], after, config, lives = 0, restartAfterMs = 200 }: Scene,
  point?: CrashPoint,
) {
  const crashes = point === undefined ? [] : [...Array.from({ length: lives }, () => NEVER), point];
  const actions = [...begin, ...(point === undefined ? death : []), ...after];
  const steps = actions.map((action): Step => ({ afterMs: 0, action }));
  return { name, crashes, restartAfterMs, steps, ...(config === undefined ? {} : { config }) };
}

interface Scene {
  readonly name: string;
  /** One thing after the other; what must have happened before is waited for. */
  readonly begin: readonly Action[];
  /** How the daemon dies where no crash point does that. */
  readonly death?: readonly Action[];
  readonly after: readonly Action[];
  /** Over what stands in the config. */
  readonly config?: Readonly<Record<string, unknown>>;
  /** A crash before and after the first call of each is a plan of its own. */
  readonly writes: readonly Write[];
  /** So many lives of the daemon end before the one that has the crash. */
  readonly lives?: number;
  readonly restartAfterMs?: number;
}

const say = (marker: string, place: Place, rest: Partial<Prompt> = {}): Action => ({
  type: "say",
  place,
  marker,
  lines: 2,
  paceMs: 0,
  fault: undefined,
  ...rest,
});
const until = (marker: string, ...states: readonly string[]): Action => ({ type: "until", marker, states });
const press = (label: string, place: Place = "web"): Action => ({ type: "press", place, label });
/** Runs until a person says that its tool may be used: whatever happens meanwhile has all the time that it needs. */
const WAITS = { fault: "asks-for-tool" } as const;
const ALLOW = "Allow once";

const SCENES: readonly Scene[] = [
  {
    name: "the conversation is reset while a turn of it waits for an agent",
    writes: [],
    begin: [
      say("m1", "thread"),
      until("m1", "answered"),
      say("m2", "web", WAITS),
      say("m3", "api", WAITS),
      until("m2", "running"),
      until("m3", "running"),
      say("m4", "thread"),
      until("m4", "queued"),
    ],
    after: [{ type: "reset", place: "thread" }, press(ALLOW), press(ALLOW, "api")],
  },
  {
    name: "the conversation is reset while a turn of it is cut short",
    writes: [
      "sessions.currentOrNew",
      "ledger.move",
      "sessions.markStarted",
      "ledger.begun",
      "ledger.end",
      "deliveries.plan",
    ],
    restartAfterMs: 1_000,
    begin: [say("m1", "thread", { lines: 10, paceMs: 100 })],
    death: [until("m1", "running", "delivering", "answered"), { type: "kill" }],
    after: [{ type: "until_down" }, { type: "reset", place: "thread" }, say("m2", "thread")],
  },
  {
    name: "what waits is edited",
    writes: ["ledger.revise"],
    begin: [say("m1", "web", WAITS), until("m1", "running"), say("m2", "web"), until("m2", "accepted")],
    after: [{ type: "edit", marker: "m2", newMarker: "m102" }, press(ALLOW)],
  },
  {
    name: "what waits for an agent is deleted, and its notice goes",
    writes: ["deliveries.forget"],
    begin: [
      say("m1", "web", WAITS),
      say("m2", "api", WAITS),
      until("m1", "running"),
      until("m2", "running"),
      say("m3", "thread"),
      { type: "until_shown", marker: "m3" },
    ],
    after: [
      { type: "delete", marker: "m3" },
      say("m4", "thread"),
      say("m5", "web"),
      press(ALLOW),
      press(ALLOW, "api"),
    ],
  },
  {
    name: "a message came too long ago, and is run after all",
    config: { catch_up: { max_age: "1s" } },
    writes: ["ledger.expire", "ledger.revive"],
    lives: 1,
    restartAfterMs: 2_500,
    begin: [{ type: "terminate" }, { type: "until_down" }],
    after: [say("m1", "web"), press("Run now")],
  },
  {
    name: "a person is asked for permission",
    writes: ["prompts.opened", "prompts.posted", "prompts.decide", "ledger.noteTool"],
    begin: [say("m1", "web", WAITS)],
    after: [press(ALLOW)],
  },
  {
    name: "a tool is cut short, and a person says that Claude may go on",
    config: { restart: "ask" },
    writes: ["ledger.recover", "ledger.await"],
    lives: 1,
    begin: [say("m1", "web", { fault: "uses-tool" }), { type: "until_tool", marker: "m1" }, { type: "kill" }],
    after: [press("Go on")],
  },
];

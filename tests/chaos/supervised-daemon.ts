import { type ChildProcess, spawn } from "node:child_process";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";

/** A daemon that is started again whenever it ends, as systemd does it. */
export interface SupervisedDaemon {
  /** Settles when it is ready for the first time; rejects when it ends before, by itself. */
  readonly firstReady: Promise<void>;
  /** Whether it answers. */
  isReady(): boolean;
  readonly pid: number | undefined;
  signal(signal: NodeJS.Signals): void;
  /** SIGTERM and no further start. */
  stop(): Promise<void>;
  /** Ends that nobody asked for. */
  readonly unexpected: readonly string[];
  /** Crash points that were reached. */
  readonly reached: readonly string[];
  /** How often it died by SIGKILL. */
  deaths(): number;
}

export interface SupervisedDaemonOptions {
  readonly env: Readonly<Record<string, string>>;
  /** One for each life; later lives have none. */
  readonly crashes: readonly string[];
  readonly restartAfterMs: number;
  readonly note: (what: string) => void;
}

const ENTRY = fileURLToPath(new URL("daemon.ts", import.meta.url));
/** Far longer than `shutdown.grace` and the killing of agents together: the machine may be busy. */
const STOP_TIMEOUT_MS = 90_000;

export function superviseDaemon(options: SupervisedDaemonOptions): SupervisedDaemon {
  const { note } = options;
  const crashes = [...options.crashes];
  const unexpected: string[] = [];
  const reached: string[] = [];
  let child: ChildProcess | undefined;
  let ready = false;
  let stopping = false;
  let told: NodeJS.Signals | undefined;
  let deaths = 0;
  const first = Promise.withResolvers<void>();

  const live = async () => {
    const crash = crashes.shift();
    told = undefined;
    const env = { ...options.env, ...(crash === undefined ? {} : { CHAOS_CRASH: crash }) };
    child = spawn(process.execPath, [ENTRY], { env, stdio: ["ignore", "pipe", "pipe"] });
    note(`daemon ${child.pid} starts${crash === undefined ? "" : `, to die at ${crash}`}`);
    let stderr = "";
    child.stderr?.on("data", (chunk: Buffer) => {
      stderr += chunk.toString();
    });
    child.stdout?.on("data", (chunk: Buffer) => {
      const text = chunk.toString().trim();
      note(`daemon: ${text}`);
      for (const [, point] of text.matchAll(/crashed at (\S+)/g)) reached.push(point ?? "");
      if (text.includes("ready")) first.resolve();
      if (text.includes("ready")) ready = true;
    });
    const ended = new Promise<string>((resolve) => {
      child?.once("close", (code, signal) => resolve(signal ?? String(code)));
    });
    const how = await ended;
    ready = false;
    child = undefined;
    note(`daemon ended: ${how}`);
    if (how === "SIGKILL") deaths += 1;
    // 75: Discord could not be reached at the start. SIGTERM as the end: it came before anybody listened for it.
    const expected = how === "75" || how === "SIGKILL" || (told === "SIGTERM" && /^(0|SIGTERM)$/.test(how));
    if (expected) return;
    unexpected.push(`the daemon ended with ${how}: ${stderr.trim() || "nothing on stderr"}`);
    first.reject(new Error(unexpected.at(-1)));
  };

  const forever = async () => {
    while (!stopping) {
      await live();
      if (!stopping) await delay(options.restartAfterMs);
    }
  };
  const over = forever();

  const signal = (name: NodeJS.Signals) => {
    told = name;
    child?.kill(name);
  };
  return {
    firstReady: first.promise,
    isReady: () => ready,
    get pid() {
      return child?.pid;
    },
    signal,
    stop: async () => {
      stopping = true;
      signal("SIGTERM");
      const timer = setTimeout(() => {
        unexpected.push(`the daemon did not end within ${STOP_TIMEOUT_MS} ms of SIGTERM`);
        signal("SIGKILL");
      }, STOP_TIMEOUT_MS);
      await over;
      clearTimeout(timer);
    },
    unexpected,
    reached,
    deaths: () => deaths,
  };
}

import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { createInterface } from "node:readline";
import { isDeepStrictEqual } from "node:util";
import { onTestFinished } from "vitest";
import {
  type Script,
  type ScriptedModel,
  startScriptedModel,
} from "../../src/loopback/model/scripted-model.ts";
import { killIfThere, processesWith } from "./processes-with.ts";

/** The binary under contract: the installed one, unless another is asked for. */
export const CLAUDE_BINARY =
  process.env.CLAUDE_CONTRACT_BINARY ?? resolve(import.meta.dirname, "../../node_modules/.bin/claude");

/** One line of the CLI's stdout. */
export interface Line {
  readonly type: string;
  readonly [field: string]: unknown;
}

/** A part of a line; nested objects are parts too. */
export type LinePart = { readonly [field: string]: unknown };

export interface RawClaudeOptions {
  /** After the flags of stream-json; the default adds none. */
  readonly arguments?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** How it signs in; the default is an API key. */
  readonly credential?: "api_key" | "oauth" | "none";
  /** False leaves out `--permission-prompt-tool stdio`. */
  readonly permissionPrompts?: boolean;
  readonly cwd?: string;
  /** Put in front of the binary, such as `setpriv`. */
  readonly launcher?: readonly string[];
}

/** A running CLI, spoken to by raw lines. */
export interface RawClaude {
  readonly process: ChildProcessWithoutNullStreams;
  readonly lines: readonly Line[];
  /** The lines as they came, one JSON text each. */
  readonly rawLines: readonly string[];
  stderr(): string;
  /** The first line from `from` on that has this part, past or to come; rejects when it exits without one. */
  until(part: LinePart, options?: { from?: number; timeoutMs?: number }): Promise<Line>;
  write(text: string): void;
  /** Sends a person's message as the daemon does; gives its uuid. */
  say(content: unknown, extra?: LinePart): string;
  /** Says it and waits for the next result. */
  ask(content: unknown, extra?: LinePart): Promise<{ lines: readonly Line[]; result: Line }>;
  /** Sends a control request and waits for its response. */
  control(request: LinePart): Promise<LinePart>;
  /** Answers a control request of the CLI. */
  answer(request: Line, response: unknown): void;
  /** The code, or the signal's name. */
  readonly exited: Promise<number | string>;
}

export interface RawClaudeBench {
  readonly model: ScriptedModel;
  readonly home: string;
  readonly projectDir: string;
  start(options?: RawClaudeOptions): RawClaude;
  /** Where the transcript of a session of this project lies. */
  transcriptOf(sessionId: string): string;
  /** Pids of everything that was started with this bench's home and still runs. */
  leftovers(): number[];
}

/** A scripted model, and a home and a project in temporary directories; `onEnd` registers what cleans all up. */
export async function rawClaudeBench(
  script?: Script,
  onEnd: (cleanup: () => Promise<void>) => void = onTestFinished,
): Promise<RawClaudeBench> {
  const root = mkdtempSync(join(tmpdir(), "claude-contract-"));
  const home = join(root, "home");
  const projectDir = join(root, "project");
  mkdirSync(home);
  mkdirSync(projectDir);
  const model = await startScriptedModel(script ? { script } : {});
  const started: RawClaude[] = [];
  const leftovers = () => processesWith(`HOME=${home}`);
  onEnd(async () => {
    for (const claude of started) claude.process.kill("SIGKILL");
    for (const pid of leftovers()) killIfThere(pid);
    await Promise.all(started.map((claude) => claude.exited));
    await model.stop();
    rmSync(root, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 });
  });
  return {
    model,
    home,
    projectDir,
    leftovers,
    transcriptOf: (sessionId) =>
      join(home, ".claude/projects", projectDir.replaceAll(/[/.]/g, "-"), `${sessionId}.jsonl`),
    start(options = {}) {
      const claude = startRawClaude(options, { model, home, projectDir });
      started.push(claude);
      return claude;
    },
  };
}

function startRawClaude(
  options: RawClaudeOptions,
  bench: { model: ScriptedModel; home: string; projectDir: string },
): RawClaude {
  const prompts = options.permissionPrompts === false ? [] : ["--permission-prompt-tool", "stdio"];
  const [command = CLAUDE_BINARY, ...args] = [
    ...(options.launcher ?? []),
    CLAUDE_BINARY,
    ...STREAM_JSON,
    ...prompts,
    ...(options.arguments ?? []),
  ];
  const child = spawn(command, args, {
    cwd: options.cwd ?? bench.projectDir,
    env: {
      PATH: `${dirname(process.execPath)}:/usr/local/bin:/usr/bin:/bin`,
      HOME: bench.home,
      LANG: "C.UTF-8",
      ANTHROPIC_BASE_URL: bench.model.url,
      DISABLE_AUTOUPDATER: "1",
      CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: "1",
      CLAUDE_CODE_MAX_RETRIES: "2",
      ...CREDENTIALS[options.credential ?? "api_key"],
      ...options.env,
    },
  });
  const lines: Line[] = [];
  const rawLines: string[] = [];
  const listeners = new Set<() => void>();
  let stderr = "";
  let end: number | string | undefined;
  const tell = () => {
    for (const listener of [...listeners]) listener();
  };
  child.stderr.on("data", (bytes: Buffer) => {
    stderr += bytes.toString();
  });
  // Writing to a process that has just ended is no error of the test's; its exit tells more.
  child.stdin.on("error", () => {});
  createInterface({ input: child.stdout }).on("line", (text) => {
    rawLines.push(text);
    lines.push(JSON.parse(text));
    tell();
  });
  const exited = new Promise<number | string>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code, signal) => {
      end = code ?? signal ?? "unknown";
      tell();
      resolve(end);
    });
  });

  const until: RawClaude["until"] = (part, { from = 0, timeoutMs = 30_000 } = {}) =>
    new Promise((resolve, reject) => {
      const finish = (action: () => void) => {
        clearTimeout(timer);
        listeners.delete(look);
        action();
      };
      const fail = (why: string) => {
        const kinds = lines.slice(from).map((line) => `${line.type}/${String(line.subtype ?? "")}`);
        return new Error(
          `${why} without ${JSON.stringify(part)}; lines: ${kinds.join(" ")}; stderr: ${stderr}`,
        );
      };
      const look = () => {
        const found = lines.slice(from).find((line) => has(line, part));
        if (found) finish(() => resolve(found));
        else if (end !== undefined) finish(() => reject(fail(`exited with ${end}`)));
      };
      const timer = setTimeout(() => finish(() => reject(fail(`${timeoutMs} ms passed`))), timeoutMs);
      listeners.add(look);
      look();
    });
  const write = (text: string) => {
    child.stdin.write(text);
  };
  const send = (value: unknown) => write(`${JSON.stringify(value)}\n`);
  const say: RawClaude["say"] = (content, extra = {}) => {
    const uuid = typeof extra.uuid === "string" ? extra.uuid : randomUUID();
    send({ type: "user", message: { role: "user", content }, uuid, client_composed: true, ...extra });
    return uuid;
  };
  return {
    process: child,
    lines,
    rawLines,
    stderr: () => stderr,
    until,
    write,
    say,
    async ask(content, extra) {
      const from = lines.length;
      say(content, extra);
      const result = await until({ type: "result" }, { from });
      return { lines: lines.slice(from, lines.indexOf(result) + 1), result };
    },
    async control(request) {
      const requestId = randomUUID();
      send({ type: "control_request", request_id: requestId, request });
      const line = await until({ type: "control_response", response: { request_id: requestId } });
      return line.response as LinePart;
    },
    answer(request, response) {
      const answer = { subtype: "success", request_id: request.request_id, response };
      send({ type: "control_response", response: answer });
    },
    exited,
  };
}

/** Whether a value holds all of a part: objects by their named fields, anything else as it is. */
export function has(value: unknown, part: unknown): boolean {
  if (typeof part !== "object" || part === null || Array.isArray(part)) return isDeepStrictEqual(value, part);
  if (typeof value !== "object" || value === null) return false;
  return Object.entries(part).every(([key, field]) => has((value as LinePart)[key], field));
}

const STREAM_JSON = [
  "-p",
  "--input-format",
  "stream-json",
  "--output-format",
  "stream-json",
  "--verbose",
  "--include-partial-messages",
  "--model",
  "sonnet",
];

const CREDENTIALS = {
  api_key: { ANTHROPIC_API_KEY: "made-up-key" },
  oauth: { CLAUDE_CODE_OAUTH_TOKEN: "made-up-token" },
  none: {},
};

import { resolve } from "node:path";
import { spawn } from "@lydell/node-pty";
import xterm from "@xterm/headless";
import { expect, onTestFinished } from "vitest";

/** The built program at a pseudo-terminal, and what a person sees there. */
export interface Sitting {
  /** Everything from the first line on, as the screen shows it after all that was drawn over. */
  screen(): string;
  /** Settles once this is to be seen. */
  sees(text: string | RegExp): Promise<void>;
  /** Waits for a question that is open (`? What is …`), then types. `\r` is Enter, `\u0003` Ctrl-C, `\t` Tab. */
  answers(question: string, keys: string): Promise<void>;
  /** As `answers`, where what is typed is searched for: takes the choice that this brings under the cursor. */
  picks(question: string, typed: string, choice: string): Promise<void>;
  type(keys: string): void;
  readonly ended: Promise<number>;
}

const BIN = resolve(import.meta.dirname, "../../bin/claude-coord.js");

/** Starts a command line with this environment and nothing of ours; it is gone after the test. */
export function sitDown(args: readonly string[], env: Record<string, string | undefined>): Sitting {
  const terminal = new xterm.Terminal({ cols: COLUMNS, rows: 50, scrollback: 2_000, allowProposedApi: true });
  const pty = spawn(process.execPath, [BIN, ...args], { cols: COLUMNS, rows: 50, env, cwd: "/" });
  // The library that asks wants to know where the cursor is, as it would from any terminal.
  terminal.onData((answer) => pty.write(answer));
  pty.onData((data) => terminal.write(data));
  let code: number | undefined;
  const ended = new Promise<number>((done) => {
    pty.onExit(({ exitCode, signal }) => {
      code = signal ? 128 + signal : exitCode;
      // What was written last is drawn first.
      terminal.write("", () => done(code ?? 0));
    });
  });
  onTestFinished(async () => {
    if (code === undefined) pty.kill("SIGKILL");
    await ended;
    terminal.dispose();
  });
  const screen = () => {
    const { active } = terminal.buffer;
    const lines = Array.from({ length: active.length }, (_, row) => active.getLine(row));
    // A line that is longer than the screen is wide is one line all the same.
    const text = lines.map((line) => `${line?.isWrapped ? "" : "\n"}${line?.translateToString(true) ?? ""}`);
    return text.join("").trim();
  };
  const sees = async (text: string | RegExp) => {
    await expect.poll(screen, { timeout: PATIENCE_MS }).toMatch(text);
  };
  return {
    screen,
    sees,
    ended,
    type: (keys) => pty.write(keys),
    answers: async (question, keys) => {
      await sees(`? ${question}`);
      pty.write(keys);
    },
    picks: async (question, typed, choice) => {
      await sees(`? ${question}`);
      pty.write(typed);
      await sees(`❯ ${choice}`);
      pty.write("\r");
    },
  };
}

const COLUMNS = 110;
const PATIENCE_MS = 60_000;

import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { openDatabase } from "../../src/sqlite/database.ts";
import { createSessionStore } from "../../src/sqlite/sessions.ts";
import { median } from "../support/median.ts";
import { ROOT } from "../support/processes.ts";
import { rounds } from "../support/rounds.ts";
import { rounded, type Suite } from "../support/suite.ts";

const SESSIONS = 10_000;
const BIN = join(ROOT, "bin", "claude-coord.js");

export const suite: Suite = {
  title: "The command line's start",
  about:
    "Wall time of whole processes, one after the other in turns, so that all meet the same machine; `sessions ls` " +
    "lists 10,000 sessions. Medians, in ms.",
  run: async () => {
    const home = mkdtempSync(join(tmpdir(), "claude-coord-bench-"));
    prepare(home);
    const commands: Record<string, readonly string[]> = {
      "node -e 0": ["-e", "0"],
      "claude-coord --version": [BIN, "--version"],
      "claude-coord --help": [BIN, "--help"],
      "claude-coord sessions ls": [BIN, "sessions", "ls"],
    };
    const times = new Map(Object.keys(commands).map((name) => [name, [] as number[]]));
    for (let round = -2; round < rounds(20); round += 1) {
      for (const [name, args] of Object.entries(commands)) {
        const ms = await wallMs(args, home);
        // The first ones fill the compile cache and the kernel's.
        if (round >= 0) times.get(name)?.push(ms);
      }
    }
    rmSync(home, { recursive: true, force: true });
    const of = (name: string) => median(times.get(name) ?? []);
    const ratio = (name: string) => rounded(of(name) / of("node -e 0"));
    return {
      columns: ["", "ms", "/ node -e 0"],
      rows: Object.keys(commands).map((name) => [`\`${name}\``, rounded(of(name)), ratio(name)]),
      ratios: {
        "--version / node -e 0": {
          value: ratio("claude-coord --version"),
          better: "lower",
          goal: 1.6,
          noise: 0.25,
        },
        "--help / node -e 0": { value: ratio("claude-coord --help"), better: "lower", goal: 2, noise: 0.25 },
        "sessions ls / node -e 0": {
          value: ratio("claude-coord sessions ls"),
          better: "lower",
          goal: 3,
          noise: 0.25,
        },
      },
    };
  },
};

async function wallMs(args: readonly string[], home: string): Promise<number> {
  const begun = performance.now();
  await promisify(execFile)(process.execPath, args, {
    env: { HOME: home, PATH: process.env.PATH },
    maxBuffer: 64 * 1024 * 1024,
  });
  return performance.now() - begun;
}

function prepare(home: string): void {
  const state = join(home, ".claude-coordinator");
  mkdirSync(state);
  const project = { name: "web", channel_id: "123456789012345678", project_dir: home };
  writeFileSync(
    join(state, "config.yaml"),
    JSON.stringify({ discord: { token: "made-up" }, projects: [project] }),
    { mode: 0o600 },
  );
  const db = openDatabase(join(state, "sessions.db"));
  const sessions = createSessionStore(db, Date.now);
  db.transaction(() => {
    for (let index = 0; index < SESSIONS; index += 1) {
      const uuid = `00000000-0000-4000-8000-${String(index).padStart(12, "0")}`;
      sessions.currentOrNew(`2${String(index).padStart(17, "0")}`, "web", uuid);
    }
  })();
  db.close();
}

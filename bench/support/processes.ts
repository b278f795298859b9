import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { join } from "node:path";

export const ROOT = join(import.meta.dirname, "..", "..");
/** The real CLI, as the project has it. */
export const CLAUDE = join(ROOT, "node_modules", ".bin", "claude");
/** A stand-in for the CLI that costs next to nothing. */
export const LIGHT_CLAUDE = join(import.meta.dirname, "light-claude.pl");

export interface LaunchOptions {
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** What it says once it can be used, and where. */
  readonly ready: RegExp;
  readonly on: "stdout" | "stderr";
}

/** Starts a Node program and settles when it says that it is ready. */
export async function launch({ args, env, ready, on }: LaunchOptions): Promise<ChildProcess> {
  const child = spawn(process.execPath, args, { env, stdio: ["ignore", "pipe", "pipe"] });
  let said = "";
  child.stdout.resume();
  child.stderr.resume();
  await new Promise<void>((resolve, reject) => {
    child[on].on("data", (chunk: Buffer) => {
      said += chunk.toString();
      if (ready.test(said)) resolve();
    });
    child.once("exit", (code) => reject(new Error(`${args[0]} ended with ${code}: ${said}`)));
  });
  return child;
}

/** SIGTERM, and settles when it is gone. */
export async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill("SIGTERM");
  await once(child, "exit");
}

/** The kernel counts CPU time in these; it is 100 on every Linux that Node runs on. */
const TICKS_PER_SECOND = 100;

/** CPU time that a process has used, in ms. Linux only. */
export function cpuMsOf(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return ((Number(fields[11]) + Number(fields[12])) * 1000) / TICKS_PER_SECOND;
}

/** Resident memory of a process in MB, shared pages counted in parts (PSS). Linux only. */
export function pssMbOf(pid: number): number {
  return kib(readFileSync(`/proc/${pid}/smaps_rollup`, "utf8"), "Pss") / 1000;
}

/** Resident memory of a process in MB. Linux only. */
export function rssMbOf(pid: number): number {
  return kib(readFileSync(`/proc/${pid}/status`, "utf8"), "VmRSS") / 1000;
}

function kib(text: string, name: string): number {
  return Number(new RegExp(`^${name}:\\s+(\\d+) kB`, "m").exec(text)?.[1]) * 1.024;
}

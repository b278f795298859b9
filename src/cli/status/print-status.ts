import { styleText } from "node:util";
import type { Paths } from "../../config/paths.ts";
import { LITTLE_BYTES } from "../../core/operations/disk.ts";
import type { Heartbeat } from "../../sqlite/heartbeat.ts";
import { lengthOfTime, size } from "../amounts.ts";
import { printFacts } from "../facts.ts";
import { localTime } from "../local-time.ts";
import type { Terminal } from "../terminal.ts";
import type { Health } from "./judge.ts";
import type { Look } from "./look.ts";

/** Prints a look for people: the health first, then what belongs to it. */
export function printStatus(
  terminal: Pick<Terminal, "stdout">,
  facts: { seen: Look; health: Health; version: string; paths: Paths; nowMs: number },
): void {
  const { seen, health, version, paths, nowMs } = facts;
  const { heartbeat, queue, failures, disk } = seen;
  const { stdout } = terminal;
  const color = health === "running" ? "green" : WAITING.has(health) ? "yellow" : "red";
  printFacts(terminal, {
    Bot: `${styleText(color, health.replace("_", " "), { stream: stdout })}${detail(health, heartbeat, nowMs)}`,
    Discord: discord(health, heartbeat),
    Process: heartbeat && seen.isRunning ? processText(heartbeat, version) : undefined,
    Agents: heartbeat && seen.isRunning ? agents(heartbeat) : undefined,
    Queue: queueText(queue, nowMs),
    Failures: failureText(failures),
    Disk: Number.isFinite(disk.freeBytes)
      ? `${disk.freeBytes < LITTLE_BYTES ? "only " : ""}${size(disk.freeBytes)} free; sessions.db ${size(disk.databaseBytes)}`
      : undefined,
    Home: paths.home,
  });
}

const WAITING: ReadonlySet<Health> = new Set(["starting", "stopping", "disconnected"]);

function detail(health: Health, heartbeat: Heartbeat | undefined, nowMs: number): string {
  if (heartbeat === undefined) return health === "never_started" ? ": claude-coord serve" : "";
  const { beatAtMs, sinceMs, startedAtMs } = heartbeat;
  switch (health) {
    case "running":
      return `, for ${lengthOfTime(nowMs - startedAtMs)}`;
    case "disconnected":
    case "stopping":
      return `, for ${lengthOfTime(nowMs - sinceMs)}`;
    case "stopped":
      return `, since ${localTime(beatAtMs)}`;
    case "died":
      return `: it did not stop by itself; last heard of ${localTime(beatAtMs)}. See: claude-coord logs`;
    case "silent":
      return `: a process holds the lock, and has said nothing for ${lengthOfTime(nowMs - beatAtMs)}`;
    default:
      return "";
  }
}

function discord(health: Health, heartbeat: Heartbeat | undefined): string | undefined {
  if (health === "running") return `connected as ${heartbeat?.bot}`;
  return health === "disconnected" ? "not connected; it tries again by itself" : undefined;
}

function processText({ pid, version, claudeVersion }: Heartbeat, installed: string): string {
  const claude = claudeVersion === undefined ? "" : `, Claude Code ${claudeVersion}`;
  const other = version === installed ? "" : ` (${installed} is installed: restart it)`;
  return `${pid}, claude-coord ${version}${other}${claude}`;
}

function agents({ agents: { busy, idle, waiting }, maxAgents }: Heartbeat): string {
  const queued = waiting === 0 ? "" : `, ${waiting} conversations wait for one`;
  return `${busy} busy, ${idle} idle, of at most ${maxAgents}${queued}`;
}

function queueText(
  { running, waiting, delivering, awaiting, oldestMs }: Look["queue"],
  nowMs: number,
): string {
  if (oldestMs === undefined) return "empty";
  const parts = [
    `${running} running`,
    `${waiting} waiting`,
    ...(delivering === 0 ? [] : [`${delivering} not shown yet`]),
    ...(awaiting === 0 ? [] : [`${awaiting} for a person to decide`]),
  ];
  return `${parts.join(", ")}; the oldest for ${lengthOfTime(nowMs - oldestMs)}`;
}

function failureText(failures: Look["failures"]): string {
  if (failures.length === 0) return "none in the last 24 hours";
  const lines = failures.slice(0, SHOWN).map(({ errorId, failureCode, projectName, acceptedAtMs }) => {
    const when = localTime(acceptedAtMs);
    return `${when}  ${errorId}  ${failureCode ?? "failed"} in ${projectName}`;
  });
  const more = failures.length > SHOWN ? ", the latest" : "";
  return `${failures.length} in the last 24 hours${more}:\n${lines.join("\n")}\nMore: claude-coord errors show ${failures[0]?.errorId}`;
}

const SHOWN = 3;

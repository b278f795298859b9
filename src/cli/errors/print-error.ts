import { styleText } from "node:util";
import { printFacts } from "../facts.ts";
import { localTimeToSeconds } from "../local-time.ts";
import { logText } from "../logs/log-text.ts";
import type { Terminal } from "../terminal.ts";
import { causes } from "./causes.ts";
import type { KnownError } from "./known-error.ts";
import { told } from "./told.ts";

/** Prints what is known of an error, from what a person saw to what the log has. */
export function printError(error: KnownError, terminal: Pick<Terminal, "stdout" | "explain">): void {
  const { id, turn, report, log } = error;
  printFacts(terminal, {
    Error: id,
    Failure: turn === undefined ? report?.message : (turn.failureCode ?? "none recorded"),
    When: localTimeToSeconds(turn?.acceptedAtMs ?? report?.timeMs ?? Number.NaN),
    Project: turn?.projectName,
    Channel: turn?.conversationId,
    Session: turn?.sessionId,
    Turn: turn?.id,
    Attempts: turn && String(turn.attempts),
    Who: turn?.authorName,
    Asked: turn?.prompt || undefined,
    "Said before": turn?.answer || undefined,
    "Was told": told(error),
  });
  const section = (title: string, lines: readonly string[]) => {
    if (lines.length === 0) return;
    const head = styleText("bold", title, { stream: terminal.stdout });
    const indented = lines.map((line) => `  ${line.replaceAll("\n", "\n  ")}`);
    terminal.stdout.write(`\n${[head, ...indented].join("\n")}\n`);
  };
  const [first, ...further] = causes(report?.fields.error);
  section(
    "Why",
    [report?.message, first, ...further.map((cause) => `caused by: ${cause}`)].filter(
      (line): line is string => line !== undefined,
    ),
  );
  section("What the agent did last (UTC)", agentLines(report?.fields.agent));
  section(
    "Log",
    log.map((record) => {
      // What stands above needs no second place.
      const { error: _, agent: __, ...fields } = record.fields;
      return logText({ ...record, fields }, terminal.stdout, { whole: false });
    }),
  );
  if (log.length === 0) terminal.explain("\nThe log has no lines about it any more.");
}

function agentLines(value: unknown): string[] {
  return Array.isArray(value) ? value.map(String) : [];
}

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { createTranslator } from "../../src/claude/events.ts";
import { parseLine } from "../../src/claude/lines.ts";
import type { AgentEvent } from "../../src/core/agents/agent.ts";

const DIRECTORY = join(import.meta.dirname, "../fixtures/claude-captures");
const NAMES = readdirSync(DIRECTORY).filter((name) => name.endsWith(".jsonl"));

test.for(NAMES)("what the real CLI wrote is told as it was meant: %s", (name) => {
  expect(story(name)).toMatchSnapshot();
});

/** The events of a capture, one short line each; runs of previews are one. */
function story(name: string): string[] {
  const translator = createTranslator();
  const events = readFileSync(join(DIRECTORY, name), "utf8")
    .split("\n")
    .filter((line) => line !== "")
    .flatMap((line) => translator.translate(parseLine(line)));
  const lines = events.map(describe);
  if (translator.startFailure) lines.push(`start failed: ${translator.startFailure.code}`);
  return lines.filter((line, index) => line !== "preview" || lines[index - 1] !== "preview");
}

function describe(event: AgentEvent): string {
  switch (event.type) {
    case "text":
      return `text${event.inSubagent ? " in a subagent" : ""}: ${event.text}`;
    case "tool_use":
      return `tool use${event.parentToolUseId ? " in a subagent" : ""}: ${event.name}`;
    case "tool_result":
      return `tool result${event.isError ? " (error)" : ""}: ${event.text.slice(0, 40)}`;
    case "permission_requested":
      return `permission requested: ${event.toolName} ${JSON.stringify(event.input)}`;
    case "retrying":
      return `retrying: attempt ${event.attempt}, ${event.reason}`;
    case "usage_window":
      return `usage window: ${event.window} ${event.status} ${event.utilization}`;
    case "compacting":
      return `compacting: ${event.active}`;
    case "background":
      return `background: ${event.tasks}`;
    case "turn_ended":
      return `turn ended: ${event.end.outcome} ${event.end.failure?.code ?? event.end.text}`;
    default:
      return event.type;
  }
}

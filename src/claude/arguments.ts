import type { AgentSpec } from "../core/agents/agent.ts";
import { SERVER_NAME } from "./host-tools.ts";

/**
 * Untouched transcripts are otherwise deleted after 30 days, and with them a conversation that went quiet. A flag, so
 * that the person's own settings file stays as it is.
 */
const SETTINGS = JSON.stringify({ cleanupPeriodDays: 3650 });

/**
 * The command line of an agent. Values stand behind `=`, so that none is taken for a flag. `--strict-mcp-config` is
 * left out: the MCP servers that a project brings are part of it, and starting without them is no faster.
 */
export function agentArguments(spec: AgentSpec): string[] {
  return [
    "-p",
    "--input-format=stream-json",
    "--output-format=stream-json",
    "--verbose",
    "--include-partial-messages",
    "--permission-prompt-tool=stdio",
    `--permission-mode=${spec.permissionMode}`,
    `--settings=${SETTINGS}`,
    // The prompt recorded at the first turn would win over a changed one for ever.
    "--system-prompt-snapshot=off",
    ...(spec.systemPrompt === undefined ? [] : [`--append-system-prompt=${spec.systemPrompt}`]),
    ...(spec.model === undefined ? [] : [`--model=${spec.model}`]),
    ...(spec.additionalDirs ?? []).map((dir) => `--add-dir=${dir}`),
    ...toolArguments(spec),
    ...(spec.title === undefined ? [] : [`--name=${spec.title}`]),
    ...sessionArguments(spec),
  ];
}

/** A fork gets its own id only with all three flags; its origin stays as it is. */
function sessionArguments({ sessionId, resume, forkOf }: AgentSpec): string[] {
  if (resume) return [`--resume=${sessionId}`];
  const own = `--session-id=${sessionId}`;
  return forkOf === undefined ? [own] : [`--resume=${forkOf}`, "--fork-session", own];
}

/**
 * Where nothing is asked, `--allowedTools` restricts nothing: only `--tools` holds Claude to the list. Asking a
 * question reaches nothing but the channel, so it stays possible.
 */
function toolArguments(spec: AgentSpec): string[] {
  if (spec.permissionMode === "bypassPermissions") {
    return [`--tools=${[...new Set([...spec.allowedTools, "AskUserQuestion"])].join(",")}`];
  }
  const own = (spec.hostTools ?? []).map(({ name }) => `mcp__${SERVER_NAME}__${name}`);
  const allowed = [...spec.allowedTools, ...own, ...(spec.granted?.rules ?? [])];
  return [
    ...(allowed.length === 0 ? [] : [`--allowedTools=${allowed.join(",")}`]),
    ...(spec.granted?.directories ?? []).map((directory) => `--add-dir=${directory}`),
  ];
}

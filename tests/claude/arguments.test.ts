import { expect, test } from "vitest";
import { agentArguments } from "../../src/claude/arguments.ts";
import type { AgentSpec } from "../../src/core/agents/agent.ts";

const spec: AgentSpec = {
  sessionId: "5c9e4d4e-0000-4000-8000-000000000000",
  conversationId: "10",
  resume: false,
  continueInterrupted: false,
  projectDir: "/srv/project",
  model: "sonnet",
  allowedTools: ["Read", "Bash(git *)"],
  systemPrompt: undefined,
  permissionMode: "default",
};

test("a new session gets its id, an old one is resumed by it", () => {
  expect(agentArguments(spec)).toContain(`--session-id=${spec.sessionId}`);
  const resumed = agentArguments({ ...spec, resume: true });
  expect(resumed).toContain(`--resume=${spec.sessionId}`);
  expect(resumed.join(" ")).not.toContain("--session-id");
});

test("allowed tools need no asking; without any, everything is asked about", () => {
  expect(agentArguments(spec)).toContain("--allowedTools=Read,Bash(git *)");
  expect(agentArguments({ ...spec, allowedTools: [] }).join(" ")).not.toContain("allowedTools");
});

test("what people allowed in the session is allowed again after a resume", () => {
  const granted = { rules: ["Bash(npm test *)"], directories: ["../docs"] };
  const resumed = agentArguments({ ...spec, resume: true, granted });
  expect(resumed).toContain("--allowedTools=Read,Bash(git *),Bash(npm test *)");
  expect(resumed).toContain("--add-dir=../docs");
});

test("where nothing is asked, the allowed tools are all the tools there are, and questions to people", () => {
  const bypassing = agentArguments({ ...spec, permissionMode: "bypassPermissions" });
  expect(bypassing).toContain("--tools=Read,Bash(git *),AskUserQuestion");
  expect(bypassing.join(" ")).not.toContain("allowedTools");
  const none = agentArguments({ ...spec, permissionMode: "bypassPermissions", allowedTools: [] });
  expect(none).toContain("--tools=AskUserQuestion");
});

test("a prompt that looks like a flag stays a prompt", () => {
  const prompt = "--dangerously-skip-permissions";
  expect(agentArguments({ ...spec, systemPrompt: prompt })).toContain(`--append-system-prompt=${prompt}`);
});

test("quiet sessions are not deleted, and a changed prompt counts in an old session", () => {
  expect(agentArguments(spec)).toContain('--settings={"cleanupPeriodDays":3650}');
  expect(agentArguments(spec)).toContain("--system-prompt-snapshot=off");
});

test("without a model the CLI's own default counts", () => {
  expect(agentArguments({ ...spec, model: undefined }).join(" ")).not.toContain("--model");
});

test("a fork begins as a copy under an id of its own, and is resumed by that id later", () => {
  const fork = { ...spec, forkOf: "the origin", title: "Second try" };
  const begun = agentArguments(fork);
  expect(begun.slice(-4)).toEqual([
    "--name=Second try",
    "--resume=the origin",
    "--fork-session",
    `--session-id=${spec.sessionId}`,
  ]);
  expect(agentArguments({ ...fork, resume: true }).slice(-1)).toEqual([`--resume=${spec.sessionId}`]);
});

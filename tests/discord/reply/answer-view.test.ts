import { describe, expect, test } from "vitest";
import type { AgentEvent } from "../../../src/core/agents/agent.ts";
import { type AnswerView, EMPTY_VIEW, nextView, spokenText } from "../../../src/discord/reply/answer-view.ts";
import { statusLines } from "../../../src/discord/reply/status-lines.ts";

const viewOf = (...events: AgentEvent[]): AnswerView =>
  events.reduce<AnswerView>((view, event) => nextView(view, event, "/opt/app"), EMPTY_VIEW);
const preview = (text: string): AgentEvent => ({ type: "preview", text });
const text = (said: string, inSubagent = false): AgentEvent => ({ type: "text", text: said, inSubagent });
const use = (
  toolUseId: string,
  name: string,
  input: Record<string, unknown>,
  parent?: string,
): AgentEvent => ({
  type: "tool_use",
  toolUseId,
  name,
  input,
  parentToolUseId: parent,
});
const result = (toolUseId: string, isError = false): AgentEvent => ({
  type: "tool_result",
  toolUseId,
  isError,
  text: "",
});
const status = (...events: AgentEvent[]) => statusLines(viewOf(...events), "brief", 12_400);

describe("what is said", () => {
  test("is previewed while it is written, and replaced by the finished block", () => {
    expect(spokenText(viewOf(preview("Hel"), preview("lo")))).toBe("Hello");
    expect(spokenText(viewOf(preview("Hel"), text("Hello.")))).toBe("Hello.");
    expect(spokenText(viewOf(text("One."), preview("Two")))).toBe("One.\n\nTwo");
  });

  test("is withdrawn when the stream broke", () => {
    expect(spokenText(viewOf(text("One."), preview("Tw"), { type: "preview_withdrawn" }))).toBe("One.");
  });

  test("inside a subagent is not shown", () => {
    expect(spokenText(viewOf(text("secret", true), text("shown")))).toBe("shown");
  });
});

describe("what is done", () => {
  test("is thinking until something comes, then writing", () => {
    expect(status()).toEqual(["-# Thinking · 12 s"]);
    expect(status(preview("a"))).toEqual(["-# Writing · 12 s"]);
  });

  test("is the newest tool that runs, and none when all have ended", () => {
    const read = use("1", "Read", { file_path: "/opt/app/a.ts" });
    const bash = use("2", "Bash", { command: "npm test" });
    expect(status(read, bash)).toEqual(["-# Bash `npm test` · 12 s"]);
    expect(status(read, bash, result("2"))).toEqual(["-# Read `a.ts` · 12 s"]);
    expect(status(read, bash, result("2"), result("1"))).toEqual(["-# Thinking · 12 s"]);
  });

  test("by a subagent is on its own line, until its result", () => {
    const agent = use("1", "Agent", { description: "Find the config", run_in_background: false });
    expect(status(agent)).toEqual(["-# A subagent works · 12 s", "-# Find the config"]);
    expect(status(agent, use("2", "Grep", { pattern: "x" }, "1"))).toEqual([
      "-# A subagent works · 12 s",
      "-# Find the config: Grep `x`",
    ]);
    expect(status(agent, result("1"))).toEqual(["-# Thinking · 12 s"]);
  });

  test("by a subagent in the background goes on after its start was reported, until no task is left", () => {
    const agent = use("1", "Task", { description: "Look around" });
    expect(status(agent, result("1"))).toEqual(["-# A subagent works · 12 s", "-# Look around"]);
    expect(status(agent, result("1"), { type: "background", tasks: 0 })).toEqual(["-# Thinking · 12 s"]);
    expect(status(agent, result("1", true))).toEqual(["-# Thinking · 12 s"]);
  });

  test("by many subagents takes no more than a few lines", () => {
    const many = Array.from({ length: 8 }, (_, index) =>
      use(`${index}`, "Agent", { description: `Part ${index}` }),
    );
    const shown = status(...many);
    expect(shown[0]).toBe("-# 8 subagents work · 12 s");
    expect(shown).toHaveLength(7);
    expect(shown.at(-1)).toBe("-# and 3 more");
  });

  test("of a list that Claude keeps is shown as progress, until all is done", () => {
    const todo = (content: string, state: string) => ({
      content,
      status: state,
      activeForm: `Doing ${content}`,
    });
    const write = (...todos: object[]) => use("1", "TodoWrite", { todos });
    expect(status(write(todo("a", "completed"), todo("b", "in_progress"), todo("c", "pending")))[1]).toBe(
      "-# 1/3 Doing b",
    );
    expect(status(write(todo("a", "completed")))).toHaveLength(1);
    expect(status(write("nonsense" as unknown as object))).toHaveLength(1);
    expect(status(use("1", "TodoWrite", {}))).toHaveLength(1);
  });

  test("of a list that is kept item by item is the same", () => {
    const create = (subject: string) => use(subject, "TaskCreate", { subject, description: "" });
    const update = (taskId: string, state: string) =>
      use(`u${taskId}`, "TaskUpdate", { taskId, status: state });
    const events = [
      create("First"),
      create("Second"),
      create("Third"),
      update("1", "completed"),
      update("2", "in_progress"),
    ];
    expect(status(...events)[1]).toBe("-# 1/3 Second");
    expect(status(...events, update("3", "deleted"))[1]).toBe("-# 1/2 Second");
  });

  test("is waiting while a person is asked", () => {
    const asked: AgentEvent = {
      type: "permission_requested",
      requestId: "r",
      toolUseId: "1",
      toolName: "Bash",
      input: {},
      suggestions: [],
    };
    expect(status(use("1", "Bash", { command: "ls" }), asked)).toEqual(["-# Waiting for an answer · 12 s"]);
    for (const type of ["permission_answered", "permission_withdrawn"] as const) {
      expect(status(asked, { type, requestId: "r" })).toEqual(["-# Thinking · 12 s"]);
    }
  });

  test("is making room while the conversation is compacted", () => {
    const compacting = (active: boolean): AgentEvent => ({ type: "compacting", active });
    expect(status(compacting(true))).toEqual(["-# Shortening the conversation to make room · 12 s"]);
    expect(status(compacting(true), compacting(false))).toEqual(["-# Thinking · 12 s"]);
  });

  test("is trying again from the second attempt on, until something comes", () => {
    const retry = (attempt: number): AgentEvent => ({
      type: "retrying",
      attempt,
      delayMs: 1,
      reason: "overloaded",
    });
    expect(status(retry(1))).toEqual(["-# Thinking · 12 s"]);
    expect(status(retry(1), retry(2))).toEqual(["-# Claude's API is slow to answer, attempt 2 · 12 s"]);
    expect(status(retry(2), preview("a"))).toEqual(["-# Writing · 12 s"]);
  });

  test("is only said in general when tools are not shown", () => {
    const view = viewOf(use("1", "Bash", { command: "ls" }), use("2", "Agent", { description: "x" }));
    expect(statusLines(view, "off", 61_000)).toEqual(["-# Working · 1 min 1 s"]);
  });
});

test("nothing is at work any more when the process is gone", () => {
  const view = viewOf(preview("a"), use("1", "Bash", { command: "ls" }), {
    type: "exited",
    failure: undefined,
  });
  expect(view).toMatchObject({ preview: "", runningTools: [], subagents: [] });
});

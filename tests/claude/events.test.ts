import { expect, test } from "vitest";
import { createTranslator } from "../../src/claude/events.ts";
import { parseLine } from "../../src/claude/lines.ts";

const INIT = { type: "system", subtype: "init", model: "claude-sonnet-5-5", user_message_uuids: ["turn-a"] };
const BACKGROUND_INIT = { ...INIT, user_message_uuids: undefined };
const RESULT = {
  type: "result",
  subtype: "success",
  is_error: false,
  result: "Done.",
  terminal_reason: "completed",
};
const delta = (text: string) => stream({ type: "content_block_delta", delta: { type: "text_delta", text } });
const stream = (event: object, more: object = {}) => ({ type: "stream_event", event, ...more });
const START = stream({
  type: "message_start",
  message: { usage: { input_tokens: 4, cache_read_input_tokens: 96 } },
});
const STOP = stream({ type: "message_stop" });
const assistant = (text: string, more: object = {}) => ({
  type: "assistant",
  message: { model: "claude-sonnet-5-5", content: [{ type: "text", text }], usage: { input_tokens: 100 } },
  parent_tool_use_id: null,
  ...more,
});
const lifecycle = (state: string, uuid = "turn-a") => ({
  type: "command_lifecycle",
  command_uuid: uuid,
  state,
});

/** The events of these lines, for an agent that was asked for turn-a. */
function translate(lines: readonly object[], asked: string | undefined = "turn-a") {
  const translator = createTranslator();
  if (asked !== undefined) translator.asked(asked);
  return lines.flatMap((line) => translator.translate(parseLine(JSON.stringify(line))));
}

test("a finished block of text replaces what was previewed", () => {
  expect(translate([INIT, START, delta("Do"), delta("ne."), assistant("Done."), STOP])).toEqual([
    { type: "turn_started", turnId: "turn-a" },
    { type: "preview", text: "Do" },
    { type: "preview", text: "ne." },
    { type: "text", text: "Done.", inSubagent: false },
  ]);
});

test("a stream that breaks takes its preview back, and its repetition is previewed again", () => {
  const retry = {
    type: "system",
    subtype: "api_retry",
    attempt: 1,
    retry_delay_ms: 571,
    error: "server_error",
  };
  expect(
    translate([INIT, START, delta("Do"), STOP, retry, START, delta("Done."), assistant("Done."), STOP]),
  ).toEqual([
    { type: "turn_started", turnId: "turn-a" },
    { type: "preview", text: "Do" },
    { type: "preview_withdrawn" },
    { type: "retrying", attempt: 1, delayMs: 571, reason: "server_error" },
    { type: "preview", text: "Done." },
    { type: "text", text: "Done.", inSubagent: false },
  ]);
});

test("a stream that is cut without its end takes its preview back when the next begins", () => {
  expect(translate([INIT, START, delta("Do"), START]).at(-1)).toEqual({ type: "preview_withdrawn" });
});

test("a turn that ends in the middle of a preview takes it back first", () => {
  const types = translate([INIT, START, delta("Do"), { ...RESULT, user_message_uuids: ["turn-a"] }]).map(
    (e) => e.type,
  );
  expect(types).toEqual(["turn_started", "preview", "preview_withdrawn", "turn_ended"]);
});

test("what a subagent says and streams is not for people", () => {
  const inSubagent = { parent_tool_use_id: "toolu_1" };
  expect(
    translate([INIT, { ...delta("psst"), ...inSubagent }, assistant("psst", inSubagent)]).slice(1),
  ).toEqual([{ type: "text", text: "psst", inSubagent: true }]);
});

test("the CLI's own notes are not the model's words", () => {
  const note = assistant("No response requested.");
  expect(translate([{ ...note, message: { ...note.message, model: "<synthetic>" } }])).toEqual([]);
});

test("tool uses and their results are told, with text taken out of blocks", () => {
  const use = { type: "tool_use", id: "toolu_1", name: "Bash", input: { command: "ls" } };
  const result = { type: "tool_result", tool_use_id: "toolu_1", is_error: true };
  const content = [{ type: "text", text: "no such file" }, { type: "image" }];
  expect(
    translate([
      { type: "assistant", message: { content: [use] } },
      { type: "user", message: { content: [{ ...result, content }] } },
      { type: "user", message: { content: [{ ...result, content: "plain" }] } },
      { type: "user", message: { content: "a note that nobody wrote" } },
      { type: "user", message: { content: [result] }, isReplay: true },
    ]),
  ).toEqual([
    {
      type: "tool_use",
      toolUseId: "toolu_1",
      name: "Bash",
      input: { command: "ls" },
      parentToolUseId: undefined,
    },
    { type: "tool_result", toolUseId: "toolu_1", isError: true, text: "no such file\n[image]" },
    { type: "tool_result", toolUseId: "toolu_1", isError: true, text: "plain" },
  ]);
});

test("a result carries what the turn cost and read, and how full the window is", () => {
  const result = {
    ...RESULT,
    user_message_uuids: ["turn-a"],
    total_cost_usd: 0.25,
    duration_ms: 42,
    num_turns: 2,
    usage: { input_tokens: 1, cache_creation_input_tokens: 2, cache_read_input_tokens: 3, output_tokens: 4 },
    modelUsage: { "claude-haiku": { contextWindow: 1 }, "claude-sonnet-5-5": { contextWindow: 200_000 } },
    permission_denials: [{ tool_name: "Bash", tool_use_id: "toolu_1" }],
  };
  const counted = stream({ type: "message_delta", usage: { output_tokens: 11 } });
  expect(translate([INIT, START, assistant("Done."), counted, STOP, result]).at(-1)).toEqual({
    type: "turn_ended",
    turnId: "turn-a",
    end: {
      outcome: "completed",
      text: "Done.",
      sessionCostUsd: 0.25,
      durationMs: 42,
      numTurns: 2,
      inputTokens: 6,
      outputTokens: 4,
      contextTokens: 111,
      contextWindow: 200_000,
      deniedTools: [{ name: "Bash", toolUseId: "toolu_1" }],
    },
  });
});

test("a success that is an error fails the turn, and its text is not an answer", () => {
  const text = "You've hit your 5-hour limit · resets 2:23pm (UTC)";
  const window = { status: "rejected", resetsAt: 1_795_357_391, rateLimitType: "five_hour", utilization: 1 };
  const fault = { error: "rate_limit", api_error_status: 429, api_error: "usage_limit_reached" };
  const events = translate([
    INIT,
    { type: "rate_limit_event", rate_limit_info: window },
    assistant(text, fault),
    { ...RESULT, is_error: true, result: text, user_message_uuids: ["turn-a"] },
  ]);
  expect(events.slice(1)).toMatchObject([
    {
      type: "usage_window",
      status: "rejected",
      window: "five_hour",
      utilization: 1,
      resetsAtMs: 1_795_357_391_000,
    },
    {
      type: "turn_ended",
      end: { outcome: "failed", text: "", failure: { code: "usage_limit", resetsAtMs: 1_795_357_391_000 } },
    },
  ]);
});

test("an error of one turn does not colour the next", () => {
  const ended = (more: object) => ({ ...RESULT, user_message_uuids: ["turn-a"], ...more });
  const events = translate([
    INIT,
    assistant("API Error: 529", { error: "server_error", api_error_status: 529 }),
    ended({ is_error: true, result: "API Error: 529" }),
    INIT,
    ended({ is_error: true, result: "something else" }),
  ]);
  expect(events.flatMap((event) => (event.type === "turn_ended" ? [event.end.failure?.code] : []))).toEqual([
    "overloaded",
    "api_error",
  ]);
});

test.for(["aborted_streaming", "aborted_tools"])(
  "a turn whose end is %s was interrupted",
  (terminal_reason) => {
    const result = { ...RESULT, subtype: "error_during_execution", is_error: true, terminal_reason };
    expect(translate([INIT, { ...result, user_message_uuids: ["turn-a"] }]).at(-1)).toMatchObject({
      end: { outcome: "interrupted" },
    });
  },
);

test("a turn that the agent began by itself has no id, and does not end the one that was asked for", () => {
  const events = translate([
    lifecycle("queued"),
    BACKGROUND_INIT,
    { ...RESULT, result: "The build is through.", origin: { kind: "task-notification" } },
    lifecycle("started"),
    INIT,
    { ...RESULT, user_message_uuids: ["turn-a"] },
    lifecycle("completed"),
  ]);
  expect(events.map((event) => ("turnId" in event ? `${event.type} ${event.turnId}` : event.type))).toEqual([
    "turn_started undefined",
    "turn_ended undefined",
    "turn_started turn-a",
    "turn_ended turn-a",
  ]);
});

test("a message that was folded into a turn that the agent began by itself ends with it", () => {
  const events = translate([
    BACKGROUND_INIT,
    lifecycle("started"),
    { ...RESULT, user_message_uuids: ["x", "turn-a"] },
  ]);
  expect(events.at(-1)).toMatchObject({ type: "turn_ended", turnId: "turn-a" });
});

test("an interrupted turn that the agent takes up again keeps its id, asked for or not", () => {
  for (const asked of [undefined, "turn-a"]) {
    const events = translate(
      [lifecycle("started"), INIT, { ...RESULT, user_message_uuids: ["turn-a"] }],
      asked,
    );
    expect(events).toMatchObject([
      { type: "turn_started", turnId: "turn-a" },
      { type: "turn_ended", turnId: "turn-a" },
    ]);
  }
});

test("a turn that was taken without having begun is one that the transcript already holds", () => {
  expect(translate([lifecycle("completed")])).toMatchObject([
    {
      type: "turn_ended",
      turnId: "turn-a",
      end: { outcome: "failed", failure: { code: "turn_already_taken" } },
    },
  ]);
});

test("a turn that was cancelled before it began was interrupted", () => {
  expect(translate([lifecycle("queued"), lifecycle("cancelled")])).toMatchObject([
    { type: "turn_ended", turnId: "turn-a", end: { outcome: "interrupted" } },
  ]);
});

test("what another message went through is not this turn's matter", () => {
  expect(translate([lifecycle("completed", "turn-b"), lifecycle("cancelled", "turn-b")])).toEqual([]);
});

test("a failed result before any turn explains why the agent can't start", () => {
  const translator = createTranslator();
  const line = {
    type: "result",
    subtype: "error_during_execution",
    is_error: true,
    startup_failure_reason: "bypass_root",
  };
  expect(translator.translate(parseLine(JSON.stringify(line)))).toEqual([]);
  expect(translator.startFailure?.code).toBe("bypass_as_root");
});

test("a permission request is told with the rules that it suggests, and taken back when it is", () => {
  const suggestion = { type: "setMode", mode: "acceptEdits", destination: "session" };
  const request = {
    subtype: "can_use_tool",
    tool_name: "Bash",
    tool_use_id: "toolu_1",
    input: { command: "ls" },
  };
  expect(
    translate([
      {
        type: "control_request",
        request_id: "r",
        request: { ...request, permission_suggestions: [suggestion] },
      },
      { type: "control_cancel_request", request_id: "r" },
    ]),
  ).toEqual([
    {
      type: "permission_requested",
      requestId: "r",
      toolUseId: "toolu_1",
      toolName: "Bash",
      input: { command: "ls" },
      suggestions: [suggestion],
    },
    { type: "permission_withdrawn", requestId: "r" },
  ]);
});

test("compaction is told when it begins and when it is over, once each", () => {
  const status = (value: string | null) => ({ type: "system", subtype: "status", status: value });
  expect(
    translate([status("requesting"), status("compacting"), status("compacting"), status(null), status(null)]),
  ).toEqual([
    { type: "compacting", active: true },
    { type: "compacting", active: false },
  ]);
});

test("background tasks, thinking and healthy usage windows are told", () => {
  expect(
    translate([
      { type: "system", subtype: "background_tasks_changed", tasks: [{}, {}] },
      { type: "system", subtype: "thinking_tokens", estimated_tokens: 12 },
      { type: "rate_limit_event", rate_limit_info: { status: "allowed_warning", utilization: 0.93 } },
    ]),
  ).toEqual([
    { type: "background", tasks: 2 },
    { type: "thinking", tokens: 12 },
    { type: "usage_window", status: "warning", window: "", utilization: 0.93, resetsAtMs: undefined },
  ]);
});

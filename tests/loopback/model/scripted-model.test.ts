import { describe, expect, onTestFinished, test } from "vitest";
import { fail, promptTooLong, usageLimit } from "../../../src/loopback/model/failure-replies.ts";
import {
  cutAfter,
  errorEventAfter,
  hang,
  maxTokens,
  reset,
  say,
  stall,
  think,
  together,
  use,
} from "../../../src/loopback/model/reply.ts";
import { type Script, startScriptedModel } from "../../../src/loopback/model/scripted-model.ts";
import { askModel, streamedEvents, textAnswer, wholeAnswer } from "./ask-model.ts";

async function modelPlaying(script: Script) {
  const model = await startScriptedModel({ script });
  onTestFinished(() => model.stop());
  return model;
}

describe("a streamed answer", () => {
  test("comes in the API's order of events and says the whole text", async () => {
    const model = await modelPlaying(() => together(think("hm"), say("Hello 👋 you", { chunkSize: 7 })));
    const response = await askModel(model.url, ["hi"], { stream: true });
    const events = streamedEvents(await response.text());
    expect(response.headers.get("content-type")).toContain("text/event-stream");
    expect(events.map(({ type }) => type)).toEqual([
      "message_start",
      "content_block_start",
      "content_block_delta",
      "content_block_delta",
      "content_block_stop",
      "content_block_start",
      "content_block_delta",
      "content_block_delta",
      "content_block_stop",
      "message_delta",
      "message_stop",
    ]);
    const texts = events.map(({ delta }) => (delta as { text?: string } | undefined)?.text ?? "");
    expect(texts.join("")).toBe("Hello 👋 you");
  });

  test("carries a tool's input as pieces of JSON and ends with tool_use", async () => {
    const model = await modelPlaying(() => use("Bash", { command: "echo a rather long command line" }));
    const events = streamedEvents(await (await askModel(model.url, ["hi"], { stream: true })).text());
    const pieces = events.map(
      ({ delta }) => (delta as { partial_json?: string } | undefined)?.partial_json ?? "",
    );
    expect(JSON.parse(pieces.join(""))).toEqual({ command: "echo a rather long command line" });
    expect(events.at(-2)).toMatchObject({ delta: { stop_reason: "tool_use" } });
  });

  test("is cut off after the deltas that were asked for", async () => {
    const model = await modelPlaying(() => cutAfter(2, say("one two three four", { chunkSize: 4 })));
    const response = await askModel(model.url, ["hi"], { stream: true });
    let received = "";
    const reading = (async () => {
      for await (const bytes of response.body!) received += Buffer.from(bytes).toString();
    })();
    await expect(reading).rejects.toThrow();
    expect(streamedEvents(received).filter(({ type }) => type === "content_block_delta")).toHaveLength(2);
  });

  test("can end with an error event", async () => {
    const model = await modelPlaying(() => errorEventAfter(1));
    const events = streamedEvents(await (await askModel(model.url, ["hi"], { stream: true })).text());
    expect(events.at(-1)).toMatchObject({ type: "error", error: { type: "overloaded_error" } });
  });

  test("that stalls stays open until the client or the model goes", async () => {
    const model = await modelPlaying(() => stall(1));
    const response = await askModel(model.url, ["hi"], { stream: true });
    const reading = expect(response.text()).rejects.toThrow();
    await model.stop();
    await reading;
  });
});

describe("failures", () => {
  test.each([
    [fail(401), 401, "authentication_error"],
    [fail(404), 404, "not_found_error"],
    [fail(429), 429, "rate_limit_error"],
    [fail(500), 500, "api_error"],
    [fail(529), 529, "overloaded_error"],
    [promptTooLong(), 400, "invalid_request_error"],
  ])("%o answers with the status and the error type of the API", async (reply, status, type) => {
    const model = await modelPlaying(() => reply);
    const response = await askModel(model.url, ["hi"], { stream: true });
    expect(response.status).toBe(status);
    expect(await response.json()).toMatchObject({ type: "error", error: { type } });
  });

  test("a usage limit carries the window and when it resets", async () => {
    const resetsAtMs = Date.now() + 3_600_000;
    const model = await modelPlaying(() => usageLimit({ resetsAtMs, window: "seven_day" }));
    const { status, headers } = await askModel(model.url, ["hi"]);
    expect(status).toBe(429);
    expect(headers.get("anthropic-ratelimit-unified-status")).toBe("rejected");
    expect(headers.get("anthropic-ratelimit-unified-representative-claim")).toBe("seven_day");
    expect(headers.get("anthropic-ratelimit-unified-7d-reset")).toBe(String(Math.floor(resetsAtMs / 1000)));
  });

  test("a request that hangs ends when the client gives up", async () => {
    const model = await modelPlaying(() => hang());
    const givingUp = new AbortController();
    const asked = expect(askModel(model.url, ["hi"], { signal: givingUp.signal })).rejects.toThrow();
    await expect.poll(() => model.requests.length).toBe(1);
    givingUp.abort();
    await asked;
  });

  test("a reset closes the connection without an answer", async () => {
    const model = await modelPlaying(() => reset());
    await expect(askModel(model.url, ["hi"])).rejects.toThrow();
  });

  test("a script that throws shows as a 500 that says so", async () => {
    const model = await modelPlaying(() => {
      throw new Error("no such scene");
    });
    const response = await askModel(model.url, ["hi"]);
    expect(response.status).toBe(500);
    expect(await response.text()).toContain("no such scene");
  });

  test("a body that is no request is refused, and unknown paths are answered", async () => {
    const model = await modelPlaying(() => "hi");
    const refused = await fetch(`${model.url}/v1/messages`, { method: "POST", body: "{}" });
    expect(refused.status).toBe(400);
    expect((await fetch(`${model.url}/api/unheard-of`)).status).toBe(404);
    const counted = await fetch(`${model.url}/v1/messages/count_tokens`, { method: "POST", body: "{}" });
    expect(await counted.json()).toEqual({ input_tokens: 1 });
  });
});

test("max_tokens is the message's stop reason", async () => {
  const model = await modelPlaying(() => maxTokens("and so on"));
  expect(await wholeAnswer(model.url, ["hi"])).toMatchObject({ stop_reason: "max_tokens" });
});

test("a sequence goes on after each assistant message, and its end repeats", async () => {
  const model = await modelPlaying(() => [use("Bash", { command: "echo hi" }), "It said hi"]);
  const used = { role: "assistant", content: [{ type: "tool_use", id: "t1", name: "Bash", input: {} }] };
  const result = { role: "user", content: [{ type: "tool_result", tool_use_id: "t1", content: "hi" }] };
  expect(await wholeAnswer(model.url, ["go"])).toMatchObject({ stop_reason: "tool_use" });
  expect(await textAnswer(model.url, ["go", used, result])).toBe("It said hi");
  expect(await textAnswer(model.url, ["go", used, result, used, result])).toBe("It said hi");
  expect(await wholeAnswer(model.url, ["go", used, result, "again"])).toMatchObject({
    stop_reason: "tool_use",
  });
});

test("a script sees what people said, without the CLI's reminders, and the results of tools", async () => {
  const model = await modelPlaying(() => "ok");
  const reminder = { type: "text", text: "<system-reminder>\nbe nice\n</system-reminder>\n" };
  await askModel(model.url, [
    { role: "user", content: [reminder, { type: "text", text: "first" }] },
    { role: "system", content: [{ type: "text", text: "# Environment" }] },
    { role: "assistant", content: [{ type: "text", text: "ok" }] },
    "<command-name>/compact</command-name><local-command-stdout>Done</local-command-stdout>second",
    { role: "assistant", content: [{ type: "tool_use", id: "t1", name: "Read", input: {} }] },
    {
      role: "user",
      content: [
        { type: "tool_result", tool_use_id: "t1", content: [{ type: "text", text: "no" }], is_error: true },
        reminder,
      ],
    },
  ]);
  expect(model.requests).toHaveLength(1);
  expect(model.requests[0]).toMatchObject({
    history: ["first", "second"],
    lastUserText: "second",
    step: 1,
    attempt: 1,
    sessionHint: "session-1",
    toolResults: [{ toolUseId: "t1", text: "no", isError: true }],
  });
});

test("a script can tell a retry from a first attempt, in each session by itself", async () => {
  const model = await modelPlaying(({ attempt }) => (attempt === 1 ? fail(529) : `attempt ${attempt}`));
  expect((await askModel(model.url, ["go"])).status).toBe(529);
  expect(await textAnswer(model.url, ["go"])).toBe("attempt 2");
  expect((await askModel(model.url, ["go"], { session: "session-2" })).status).toBe(529);
});

test("it listens on the loopback address only", async () => {
  const model = await modelPlaying(() => "ok");
  expect(new URL(model.url).hostname).toBe("127.0.0.1");
  await expect(fetch(model.url.replace("127.0.0.1", "127.0.0.2"))).rejects.toThrow();
});

import { describe, expect, test } from "vitest";
import {
  creditTooLow,
  fail,
  promptTooLong,
  usageHeaders,
  usageLimit,
} from "../../src/loopback/model/failure-replies.ts";
import {
  cutAfter,
  errorEventAfter,
  hang,
  maxTokens,
  refuse,
  reset,
  say,
} from "../../src/loopback/model/reply.ts";
import { type Line, type RawClaudeOptions, rawClaudeBench } from "../support/raw-claude.ts";

const resetsAtMs = Date.now() + 3_600_000;
const oauth: RawClaudeOptions = { credential: "oauth" };

describe("a request that fails", () => {
  const failed: [string, Parameters<typeof rawClaudeBench>[0], RawClaudeOptions, object, object][] = [
    [
      "401 with a key",
      () => fail(401),
      {},
      { error: "authentication_failed", api_error_status: 401 },
      { result: expect.stringContaining("Invalid API key") },
    ],
    [
      "401 with a token",
      () => fail(401, { message: "Invalid bearer token" }),
      oauth,
      { error: "authentication_failed", api_error_status: 401 },
      { result: expect.stringContaining("Failed to authenticate. API Error: 401") },
    ],
    [
      "403",
      () => fail(403),
      {},
      { error: "authentication_failed", api_error_status: 403 },
      { result: expect.stringContaining("Failed to authenticate. API Error: 403") },
    ],
    [
      "400 for want of credit",
      () => creditTooLow(),
      {},
      { error: "billing_error", api_error_status: 400 },
      { result: expect.stringContaining("Credit balance is too low") },
    ],
    [
      "404 for the model",
      () => fail(404),
      {},
      { error: "model_not_found", api_error_status: 404 },
      { result: expect.stringContaining("There's an issue with the selected model") },
    ],
    [
      "a prompt that is too long",
      () => promptTooLong(),
      {},
      { error: "invalid_request", api_error_status: 400 },
      { result: expect.stringContaining("Prompt is too long"), terminal_reason: "prompt_too_long" },
    ],
    [
      "a usage limit of a subscription",
      () => usageLimit({ resetsAtMs }),
      oauth,
      { error: "rate_limit", api_error_status: 429, api_error: "usage_limit_reached" },
      { result: expect.stringMatching(/You've hit your .*limit · resets/) },
    ],
    [
      "429 with a key",
      () => fail(429),
      {},
      { error: "rate_limit", api_error_status: 429 },
      { result: expect.stringContaining("API Error: Request rejected (429)") },
    ],
    [
      "429 with a token",
      () => fail(429),
      oauth,
      { error: "rate_limit", api_error_status: 429 },
      { result: expect.stringContaining("not your usage limit") },
    ],
    [
      "500",
      () => fail(500),
      {},
      { error: "server_error", api_error_status: 500 },
      { result: expect.stringContaining("API Error: 500") },
    ],
    [
      "529",
      () => fail(529),
      {},
      { error: "server_error", api_error_status: 529 },
      { result: expect.stringContaining("Overloaded") },
    ],
    [
      "a connection that is reset",
      () => reset(),
      {},
      { error: "server_error", api_error: "connection_failed" },
      { result: expect.stringContaining("API Error:") },
    ],
    [
      "a server that is not there",
      undefined,
      { env: { ANTHROPIC_BASE_URL: "http://127.0.0.1:9" } },
      { error: "server_error", api_error: "connection_failed" },
      { result: expect.stringContaining("ECONNREFUSED") },
    ],
    [
      "a refusal",
      () => refuse(),
      {},
      { error: "invalid_request" },
      { result: expect.stringContaining("safeguards") },
    ],
    [
      "an answer over the limit of output tokens",
      () => maxTokens("and so on"),
      {},
      { error: "max_output_tokens", api_error: "max_output_tokens" },
      { result: expect.stringContaining("output token maximum") },
    ],
    [
      "no login",
      undefined,
      { credential: "none" },
      { error: "authentication_failed" },
      { result: expect.stringContaining("Not logged in") },
    ],
  ];

  // Two at a time: most of each is waiting between attempts.
  test.concurrent.for(failed)("%s is told by the answer and the result", async (row, { onTestFinished }) => {
    const [, script, options, answer, end] = row;
    const bench = await rawClaudeBench(script, onTestFinished);
    const claude = bench.start({ ...options, env: { CLAUDE_CODE_MAX_RETRIES: "1", ...options.env } });
    const { lines, result } = await claude.ask("hello");
    const synthetic = lines.findLast((line) => line.type === "assistant");
    expect(synthetic).toMatchObject({ ...answer, message: { model: "<synthetic>" } });
    expect(result).toMatchObject({ type: "result", subtype: "success", is_error: true, ...end });
    claude.process.stdin.end();
    expect(await claude.exited).toBe(1);
  });

  test("leaves the process usable, and its end is good again after a good turn", async () => {
    const bench = await rawClaudeBench(({ lastUserText }) =>
      lastUserText.endsWith("again") ? "better" : fail(403),
    );
    const claude = bench.start();
    expect((await claude.ask("hello")).result.is_error).toBe(true);
    expect((await claude.ask("again")).result).toMatchObject({ is_error: false, result: "better" });
    claude.process.stdin.end();
    expect(await claude.exited).toBe(0);
  });

  test("is retried as often as CLAUDE_CODE_MAX_RETRIES says, each announced", async () => {
    const bench = await rawClaudeBench(() => fail(500));
    const { lines } = await bench.start({ env: { CLAUDE_CODE_MAX_RETRIES: "2" } }).ask("hello");
    expect(lines.filter((line) => line.subtype === "api_retry")).toMatchObject([
      {
        attempt: 1,
        max_retries: 2,
        error_status: 500,
        error: "server_error",
        retry_delay_ms: expect.any(Number),
      },
      { attempt: 2, max_retries: 2 },
    ]);
    expect(bench.model.requests).toHaveLength(3);
  });
});

describe("the window of a subscription", () => {
  const windowOf = (lines: readonly Line[]) =>
    lines.find((line) => line.type === "rate_limit_event")?.rate_limit_info;
  const window = "five_hour";
  const resetsAt = Math.floor(resetsAtMs / 1000);

  test("is no more than allowed when the API tells nothing about it", async () => {
    const { lines } = await (await rawClaudeBench()).start(oauth).ask("hello");
    expect(windowOf(lines)).toEqual({ status: "allowed", isUsingOverage: false });
  });

  test("is told with healthy turns, with a warning, and when it is used up", async () => {
    const bench = await rawClaudeBench(({ history }) => {
      if (history.length === 3) return usageLimit({ resetsAtMs });
      const [status, utilization] =
        history.length === 1 ? (["allowed", 0.2] as const) : (["allowed_warning", 0.93] as const);
      return { ...say("fine"), headers: usageHeaders({ status, window, resetsAtMs, utilization }) };
    });
    const claude = bench.start(oauth);
    expect(windowOf((await claude.ask("one")).lines)).toMatchObject({ status: "allowed", resetsAt });
    expect(windowOf((await claude.ask("two")).lines)).toMatchObject({
      status: "allowed_warning",
      rateLimitType: window,
      utilization: 0.93,
      resetsAt,
    });
    expect(windowOf((await claude.ask("three")).lines)).toMatchObject({
      status: "rejected",
      rateLimitType: window,
      resetsAt,
    });
    expect(bench.model.requests).toHaveLength(3);
  });
});

describe("a stream that breaks", () => {
  const text = "This text breaks before it is whole.";

  function previews(lines: readonly Line[]): string[] {
    const texts: string[] = [];
    for (const { event } of lines as readonly (Line & {
      event?: { type: string; delta?: { text?: string } };
    })[]) {
      if (event?.type === "message_start") texts.push("");
      if (event?.delta?.text !== undefined) texts.push((texts.pop() ?? "") + event.delta.text);
    }
    return texts;
  }
  const answers = (lines: readonly Line[]) => lines.filter((line) => line.type === "assistant");

  test("by a cut is retried: the first preview ends without an answer, the second has the same text again", async () => {
    const seen = Promise.withResolvers<void>();
    const whole = say(text, { chunkSize: 4 });
    const bench = await rawClaudeBench(({ attempt }) =>
      attempt === 1 ? cutAfter(2, whole, seen.promise) : whole,
    );
    const claude = bench.start();
    claude.say("go");
    await claude.until({ event: { delta: { text: " tex" } } });
    seen.resolve();
    const result = await claude.until({ type: "result" });
    const { lines } = claude;
    expect(previews(lines)).toEqual(["This tex", text]);
    expect(answers(lines)).toHaveLength(1);
    expect(lines.filter((line) => line.subtype === "api_retry")).toHaveLength(1);
    expect(result).toMatchObject({ is_error: false, result: text });
  });

  test("again and again ends with a request for the whole message, which has no preview", async () => {
    const bench = await rawClaudeBench(() => cutAfter(1, say(text, { chunkSize: 4 })));
    const { lines, result } = await bench.start({ env: { CLAUDE_CODE_MAX_RETRIES: "1" } }).ask("go");
    // Every preview began, and none of them was the whole.
    expect(previews(lines).filter((preview) => preview === text)).toEqual([]);
    expect(answers(lines)).toMatchObject([{ message: { content: [{ text }] } }]);
    expect(bench.model.requests.map(({ stream }) => stream)).toEqual([true, true, false]);
    expect(result).toMatchObject({ is_error: false, result: text });
  });

  test("by an error event goes to the whole message at once", async () => {
    const bench = await rawClaudeBench(() => errorEventAfter(2, say(text, { chunkSize: 4 })));
    const { lines, result } = await bench.start().ask("go");
    expect(previews(lines)).toEqual(["This tex"]);
    expect(bench.model.requests.map(({ stream }) => stream)).toEqual([true, false]);
    expect(result).toMatchObject({ is_error: false, result: text });
  });

  test("before it begins is retried after API_TIMEOUT_MS", async () => {
    const bench = await rawClaudeBench(({ attempt }) => (attempt === 1 ? hang() : "there"));
    const { lines, result } = await bench.start({ env: { API_TIMEOUT_MS: "1500" } }).ask("go");
    expect(lines.filter((line) => line.subtype === "api_retry")).toMatchObject([{ error_status: null }]);
    expect(result).toMatchObject({ is_error: false, result: "there" });
  });
});

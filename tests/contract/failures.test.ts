import { describe, expect, test } from "vitest";
import { fail, usageHeaders, usageLimit } from "../../src/loopback/model/failure-replies.ts";
import { cutAfter, errorEventAfter, hang, maxTokens, say } from "../../src/loopback/model/reply.ts";
import { type Line, type RawClaudeOptions, rawClaudeBench } from "../support/raw-claude.ts";
import { sharedRawClaude } from "../support/shared-raw-claude.ts";
import { fake } from "./scenarios.ts";

const resetsAtMs = Date.now() + 3_600_000;
const oauth: RawClaudeOptions = { credential: "oauth" };

const UNAUTHORISED = { error: "authentication_failed", api_error_status: 401 };
const FORBIDDEN = { error: "authentication_failed", api_error_status: 403 };
const NO_CREDIT = { error: "billing_error", api_error_status: 400 };
const MODEL_NOT_FOUND = { error: "model_not_found", api_error_status: 404 };
const RATE_LIMIT = { error: "rate_limit", api_error_status: 429 };
const USAGE_LIMIT = { ...RATE_LIMIT, api_error: "usage_limit_reached" };
const PROMPT_TOO_LONG = { error: "invalid_request", api_error_status: 400 };

/** Name, the step of the directive, what the answer says, and how the result's text reads. */
type Failure = [name: string, step: unknown, answer: object, text: RegExp];

describe("a request that fails", () => {
  const once = { CLAUDE_CODE_MAX_RETRIES: "1" };

  function expectFailure(
    { lines, result }: { lines: readonly Line[]; result: Line },
    answer: object,
    text: RegExp,
  ) {
    const synthetic = lines.findLast((line) => line.type === "assistant");
    expect(synthetic).toMatchObject({ ...answer, message: { model: "<synthetic>" } });
    expect(result).toMatchObject({ subtype: "success", is_error: true, result: expect.stringMatching(text) });
  }

  describe("with a key is told by the answer and the result:", () => {
    const shared = sharedRawClaude({ env: once });

    test.for<Failure>([
      ["403", { fail: 403 }, FORBIDDEN, /Failed to authenticate. API Error: 403/],
      ["no credit", { failure: "creditTooLow" }, NO_CREDIT, /Credit balance is too low/],
      ["404", { fail: 404 }, MODEL_NOT_FOUND, /There's an issue with the selected model/],
      ["429", { fail: 429 }, RATE_LIMIT, /API Error: Request rejected \(429\)/],
      ["500", { fail: 500 }, { error: "server_error", api_error_status: 500 }, /API Error: 500/],
      ["529", { fail: 529 }, { error: "server_error", api_error_status: 529 }, /Overloaded/],
      [
        "a reset",
        { failure: "reset" },
        { error: "server_error", api_error: "connection_failed" },
        /API Error:/,
      ],
      ["401", { fail: 401 }, UNAUTHORISED, /Invalid API key/],
    ])("%s", async ([, step, answer, text]) => {
      expectFailure(await shared().claude.ask(fake(step)), answer, text);
    });

    test("and by the exit code, when it was the last", async () => {
      const { claude } = shared();
      claude.process.stdin.end();
      expect(await claude.exited).toBe(1);
    });
  });

  describe("with a token is told by the answer and the result:", () => {
    const shared = sharedRawClaude({ ...oauth, env: once });

    test.for<Failure>([
      [
        "a usage limit",
        { usageLimit: { resetsInMs: 3_600_000 } },
        USAGE_LIMIT,
        /You've hit your .*limit · resets/,
      ],
      ["429", { fail: 429 }, RATE_LIMIT, /not your usage limit/],
      ["401", { fail: 401, message: "Invalid bearer token" }, UNAUTHORISED, /API Error: 401/],
    ])("%s", async ([, step, answer, text]) => {
      expectFailure(await shared().claude.ask(fake(step)), answer, text);
    });
  });

  test.for<Failure>([
    ["a prompt that is too long", { failure: "promptTooLong" }, PROMPT_TOO_LONG, /Prompt is too long/],
    ["a refusal", { failure: "refuse" }, { error: "invalid_request" }, /safeguards/],
  ])("%s is told by the answer and the result", async ([, step, answer, text]) => {
    const bench = await rawClaudeBench();
    expectFailure(await bench.start({ env: once }).ask(fake(step)), answer, text);
  });

  test("an answer over the limit of output tokens is told after some tries to go on", async () => {
    const bench = await rawClaudeBench(() => maxTokens("and so on"));
    const told = await bench.start({ env: once }).ask("go");
    expectFailure(
      told,
      { error: "max_output_tokens", api_error: "max_output_tokens" },
      /output token maximum/,
    );
    expect(bench.model.requests.length).toBeGreaterThan(1);
  });

  test("no server is told as a connection that failed", async () => {
    const claude = (await rawClaudeBench()).start({
      env: { ...once, ANTHROPIC_BASE_URL: "http://127.0.0.1:9" },
    });
    expectFailure(
      await claude.ask("hello"),
      { error: "server_error", api_error: "connection_failed" },
      /ECONNREFUSED/,
    );
  });

  test("no login is told without a request", async () => {
    const bench = await rawClaudeBench();
    const told = await bench.start({ credential: "none" }).ask("hello");
    expectFailure(told, { error: "authentication_failed" }, /Not logged in/);
    expect(bench.model.requests).toHaveLength(0);
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

import { randomUUID } from "node:crypto";
import { existsSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { type Line, type LinePart, rawClaudeBench } from "../support/raw-claude.ts";
import { bash, fake } from "./scenarios.ts";

/** The line's type and subtype, or the type of the event that it carries. */
function kind(line: Line): string {
  const event = line.event as { type: string } | undefined;
  return event?.type ?? [line.type, line.subtype].filter((part) => part !== undefined).join("/");
}

function withoutRepeats(kinds: readonly string[]): string[] {
  return kinds.filter((each, index) => each !== kinds[index - 1]);
}

describe("a plain turn", () => {
  test("begins with init and ends with a result, and init comes again with each turn", async () => {
    const claude = (await rawClaudeBench()).start();
    for (const text of ["first", "second"]) {
      const { lines } = await claude.ask(text);
      const kinds = lines.map(kind).filter((each) => each !== "command_lifecycle");
      expect(withoutRepeats(kinds)).toEqual([
        "system/init",
        "system/status",
        "message_start",
        "content_block_start",
        "content_block_delta",
        "assistant",
        "content_block_stop",
        "message_delta",
        "message_stop",
        "result/success",
      ]);
    }
  });

  test("is silent until it is spoken to, and `initialize` is answered first", async () => {
    const claude = (await rawClaudeBench()).start();
    const { subtype, response } = await claude.control({ subtype: "initialize" });
    expect(subtype).toBe("success");
    expect(claude.lines.map((line) => line.type)).toEqual(["control_response"]);
    expect(response).toMatchObject({
      claude_code_version: expect.stringMatching(/^\d+\.\d+\.\d+$/),
      current_permission_mode: "default",
      session_state: "idle",
      pid: claude.process.pid,
      models: expect.arrayContaining([expect.objectContaining({ value: expect.any(String) })]),
    });
  });

  test("has the answer as one assistant line, however long it is", async () => {
    const text = "Twelve chars".repeat(1000);
    const claude = (await rawClaudeBench(() => text)).start();
    const { lines, result } = await claude.ask("go");
    const assistants = lines.filter((line) => line.type === "assistant");
    expect(assistants).toHaveLength(1);
    expect(assistants[0]).toMatchObject({ message: { content: [{ type: "text", text }] } });
    expect(result.result).toBe(text);
  });

  test("tells in its result what the turn and the session have cost, also after a resume", async () => {
    const bench = await rawClaudeBench();
    const sessionId = randomUUID();
    const claude = bench.start({ arguments: ["--session-id", sessionId] });
    const first = (await claude.ask("one")).result;
    const second = (await claude.ask("two")).result;
    claude.process.stdin.end();
    expect(await claude.exited).toBe(0);
    const third = (await bench.start({ arguments: ["--resume", sessionId] }).ask("three")).result;
    const costs = [first, second, third].map((result) => result.total_cost_usd as number);
    expect(costs).toEqual(costs.toSorted((a, b) => a - b));
    expect(costs[2]).toBeGreaterThan(costs[0] ?? Number.POSITIVE_INFINITY);
    expect(third).toMatchObject({
      subtype: "success",
      is_error: false,
      num_turns: 1,
      session_id: sessionId,
      terminal_reason: "completed",
      permission_denials: [],
      usage: { input_tokens: 10 },
      modelUsage: { "claude-sonnet-5-5": { contextWindow: expect.any(Number) } },
    });
  });
});

test("a tool turn tells the use, its result, and whether it failed", async () => {
  const claude = (await rawClaudeBench()).start();
  const { lines, result } = await claude.ask(fake(bash("echo hi"), bash("cat no-such-file"), "Done."));
  const contents = lines
    .filter((line) => line.type === "assistant" || line.type === "user")
    .map((line) => (line.message as { content: LinePart[] }).content[0]);
  expect(contents).toMatchObject([
    { type: "tool_use", name: "Bash", input: { command: "echo hi" } },
    { type: "tool_result", content: "hi", is_error: false },
    { type: "tool_use" },
    { type: "tool_result", is_error: true },
    { type: "text", text: "Done." },
  ]);
  expect(result).toMatchObject({ num_turns: 3, is_error: false });
});

test("session states tell when it is busy, waits for a person, and is idle", async () => {
  const claude = (await rawClaudeBench()).start({ env: { CLAUDE_CODE_EMIT_SESSION_STATE_EVENTS: "1" } });
  claude.say(fake(bash("touch x"), "Done."));
  claude.answer(await claude.until({ type: "control_request" }), { behavior: "allow" });
  await claude.until({ subtype: "session_state_changed", state: "idle" });
  const states = claude.lines
    .filter((line) => line.subtype === "session_state_changed")
    .map((line) => line.state);
  expect(states).toEqual(["running", "requires_action", "running", "idle"]);
});

test("deltas can be held back and joined", async () => {
  const text = "A text of some length, written in many small pieces. ".repeat(20);
  const deltas = async (env: Record<string, string>) => {
    const bench = await rawClaudeBench(() => ({
      kind: "message",
      blocks: [{ type: "text", text }],
      chunkSize: 8,
      delayMs: 2,
    }));
    const { lines } = await bench.start({ env }).ask("go");
    return lines.filter((line) => kind(line) === "content_block_delta").length;
  };
  const [plain, held] = await Promise.all([deltas({}), deltas({ CLAUDE_CODE_STREAM_EVENT_HOLD_MS: "500" })]);
  expect(held).toBeLessThan(plain / 4);
});

test("old transcripts are deleted at a later start, unless cleanupPeriodDays says otherwise", async () => {
  const startWithOldTranscript = async (args: readonly string[]) => {
    const bench = await rawClaudeBench();
    const sessionId = randomUUID();
    const first = bench.start({ arguments: ["--session-id", sessionId] });
    await first.ask("remember this");
    first.process.stdin.end();
    await first.exited;
    const transcript = bench.transcriptOf(sessionId);
    const longAgo = new Date(Date.now() - 40 * 24 * 3_600_000);
    expect(existsSync(transcript)).toBe(true);
    utimesSync(transcript, longAgo, longAgo);
    const second = bench.start({ arguments: args });
    await second.ask("hello");
    return transcript;
  };
  const [kept, lost] = await Promise.all([
    startWithOldTranscript(["--settings", '{"cleanupPeriodDays":3650}']),
    startWithOldTranscript([]),
  ]);
  await expect.poll(() => existsSync(lost), { timeout: 40_000 }).toBe(false);
  expect(existsSync(kept)).toBe(true);
});

describe("what people write", () => {
  test("reads files outside the project and runs commands, unless it is sent as composed by the client", async () => {
    const bench = await rawClaudeBench(() => "ok");
    const secret = join(bench.home, "secret.txt");
    writeFileSync(secret, "the-secret-words");
    const shown = () => JSON.stringify(bench.model.requests.at(-1)?.messages);
    const claude = bench.start({ arguments: ["--tools", ""] });

    await claude.ask(`see @${secret}`);
    expect(shown()).not.toContain("the-secret-words");
    const { result: composed } = await claude.ask("/cost");
    expect(composed).toMatchObject({ result: "ok" });
    expect(composed.local_command).toBeUndefined();

    await claude.ask(`see @${secret}`, { client_composed: false });
    expect(shown()).toContain("the-secret-words");
    const { result: command } = await claude.ask("/cost", { client_composed: false });
    expect(command.local_command).toBe("cost");
  });

  test("may be an image, or a document", async () => {
    const bench = await rawClaudeBench(() => "seen");
    const claude = bench.start();
    const image = { type: "image", source: { type: "base64", media_type: "image/png", data: ONE_PIXEL } };
    const document = {
      type: "document",
      title: "a.txt",
      source: { type: "text", media_type: "text/plain", data: "plain" },
    };
    await claude.ask([image, document, { type: "text", text: "look" }]);
    const content = bench.model.requests[0]?.messages.find((message) => message.role === "user")?.content;
    expect(content).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ type: "image" }),
        expect.objectContaining({ type: "document", title: "a.txt" }),
        expect.objectContaining({ type: "text", text: expect.stringContaining("look") }),
      ]),
    );
  });
});

const ONE_PIXEL =
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";

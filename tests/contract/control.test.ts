import { describe, expect, test } from "vitest";
import { hang, stall } from "../../src/loopback/model/reply.ts";
import { rawClaudeBench } from "../support/raw-claude.ts";
import { sharedRawClaude } from "../support/shared-raw-claude.ts";
import { asked, fake, serveTool, tool } from "./scenarios.ts";

describe("interrupt", () => {
  test.each([
    ["hangs before its answer", hang()],
    ["stalls in the middle of its stream", stall(2)],
  ])("frees a request that %s at once, and the session goes on", async (_, reply) => {
    const bench = await rawClaudeBench(({ lastUserText }) =>
      lastUserText.endsWith("on") ? "went on" : reply,
    );
    const claude = bench.start();
    claude.say("wait");
    await expect.poll(() => bench.model.requests.length, { timeout: 10_000 }).toBe(1);
    if (reply.kind === "message") await claude.until({ event: { type: "content_block_delta" } });
    const startedAtMs = performance.now();
    expect(await claude.control({ subtype: "interrupt" })).toMatchObject({ response: { still_queued: [] } });
    const result = await claude.until({ type: "result" });
    expect(performance.now() - startedAtMs).toBeLessThan(3000);
    expect(result).toMatchObject({
      subtype: "error_during_execution",
      is_error: true,
      terminal_reason: "aborted_streaming",
    });
    expect((await claude.ask("go on")).result).toMatchObject({ result: "went on", is_error: false });
  });

  test("frees a request that is being retried", async () => {
    const claude = (await rawClaudeBench()).start({ env: { CLAUDE_CODE_MAX_RETRIES: "10" } });
    claude.say(fake({ fail: 529, retryAfterSeconds: 60 }));
    await claude.until({ subtype: "api_retry" });
    await claude.control({ subtype: "interrupt" });
    expect(await claude.until({ type: "result" })).toMatchObject({ subtype: "error_during_execution" });
  });

  test("delivers the text so far as an aborted answer", async () => {
    const claude = (await rawClaudeBench()).start();
    claude.say(fake({ say: "cut short here", chunkSize: 4, stallAfter: 2 }));
    await claude.until({ event: { delta: { text: "shor" } } });
    await claude.control({ subtype: "interrupt" });
    await claude.until({ type: "result" });
    const aborted = claude.lines.find((line) => line.type === "assistant");
    expect(aborted).toMatchObject({ aborted: true, message: { content: [{ text: "cut shor" }] } });
  });

  test("can cancel what waits, too; without a turn it does nothing", async () => {
    const claude = (
      await rawClaudeBench(({ lastUserText }) => (lastUserText === "hello" ? "hi" : hang()))
    ).start();
    expect(await claude.control({ subtype: "interrupt" })).toMatchObject({ subtype: "success" });
    claude.say("first");
    await claude.until({ subtype: "status", status: "requesting" });
    const waiting = claude.say("second");
    await claude.until({ type: "command_lifecycle", command_uuid: waiting, state: "queued" });
    const { response } = await claude.control({ subtype: "interrupt", cancel_queued: true });
    expect(response).toEqual({ still_queued: [], cancelled: [waiting] });
  });
});

describe("settings of a running process", () => {
  const shared = sharedRawClaude();

  test("the permission mode: told by the next init, and bypass is refused", async () => {
    const { claude } = shared();
    const set = await claude.control({ subtype: "set_permission_mode", mode: "acceptEdits" });
    expect(set).toMatchObject({ response: { mode: "acceptEdits" } });
    const { lines } = await claude.ask("hello");
    expect(lines.find((line) => line.subtype === "init")).toMatchObject({ permissionMode: "acceptEdits" });
    expect(await claude.control({ subtype: "set_permission_mode", mode: "bypassPermissions" })).toMatchObject(
      {
        subtype: "error",
        error_code: "bypass_not_launched",
      },
    );
  });

  test("the model: the next request names it, and an unknown one is taken", async () => {
    const { bench, claude } = shared();
    for (const model of ["haiku", "no-such-model"]) {
      expect(await claude.control({ subtype: "set_model", model })).toMatchObject({ subtype: "success" });
      await claude.ask("hello");
      expect(bench.model.requests.at(-1)?.model).toContain(model);
    }
  });

  test("how full the context is can be asked", async () => {
    const { claude } = shared();
    expect(await claude.control({ subtype: "get_context_usage", detail: "summary" })).toMatchObject({
      response: {
        totalTokens: expect.any(Number),
        maxTokens: expect.any(Number),
        percentage: expect.any(Number),
      },
    });
  });

  test("initialize may come late, and again", async () => {
    const { claude } = shared();
    for (const _ of [1, 2]) {
      expect(await claude.control({ subtype: "initialize" })).toMatchObject({ subtype: "success" });
    }
  });

  test("end_session ends the process well", async () => {
    const { claude } = shared();
    await claude.control({ subtype: "end_session" });
    expect(await claude.exited).toBe(0);
  });
});

test("a tool of ours is offered, asked about and called over the same pipe", async () => {
  const bench = await rawClaudeBench();
  const claude = bench.start();
  serveTool(claude);
  await claude.control({ subtype: "initialize", sdkMcpServers: ["discord"] });
  claude.say(fake(tool("mcp__discord__send_file", { path: "a.png" }), "Sent."));
  const request = await claude.until(asked);
  expect(request).toMatchObject({
    request: { tool_name: "mcp__discord__send_file", input: { path: "a.png" } },
  });
  claude.answer(request, { behavior: "allow" });
  await claude.until({ type: "result" });
  const call = {
    type: "control_request",
    request: { subtype: "mcp_message", message: { method: "tools/call" } },
  };
  expect(await claude.until(call)).toMatchObject({
    request: {
      server_name: "discord",
      message: { params: { name: "send_file", arguments: { path: "a.png" } } },
    },
  });
  expect(bench.model.requests.at(-1)?.toolResults).toMatchObject([
    { text: "sent to the channel", isError: false },
  ]);
});

test("an allowed tool of ours runs without being asked about", async () => {
  const bench = await rawClaudeBench();
  const claude = bench.start({ arguments: ["--allowedTools", "mcp__discord__send_file"] });
  serveTool(claude);
  await claude.control({ subtype: "initialize", sdkMcpServers: ["discord"] });
  const { lines, result } = await claude.ask(
    fake(tool("mcp__discord__send_file", { path: "a.png" }), "Sent."),
  );
  expect(result).toMatchObject({ result: "Sent.", permission_denials: [] });
  expect(
    lines.filter((line) => line.type === "control_request" && JSON.stringify(line).includes("can_use_tool")),
  ).toEqual([]);
});

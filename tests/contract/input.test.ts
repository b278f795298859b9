import { randomUUID } from "node:crypto";
import { describe, expect, test } from "vitest";
import { fail } from "../../src/loopback/model/failure-replies.ts";
import { say } from "../../src/loopback/model/reply.ts";
import { rawClaudeBench } from "../support/raw-claude.ts";
import { asked, fake } from "./scenarios.ts";

describe("messages during a turn", () => {
  test("that streams text are merged into one turn after it", async () => {
    const bench = await rawClaudeBench(({ history }) =>
      history.length === 1 ? say("slow ".repeat(20), { chunkSize: 5, delayMs: 20 }) : "together",
    );
    const claude = bench.start();
    claude.say("first");
    await claude.until({ event: { type: "content_block_delta" } });
    const uuids = [claude.say("second"), claude.say("third")];
    const first = await claude.until({ type: "result" });
    const both = await claude.until({ type: "result" }, { from: claude.lines.indexOf(first) + 1 });
    expect(both).toMatchObject({ result: "together", user_message_uuids: uuids });
    expect(bench.model.requests).toHaveLength(2);
    expect(bench.model.requests[1]?.lastUserText).toMatch(/second\s+third/);
  });

  test("that waits for a permission are folded into it, with one result for both", async () => {
    const bench = await rawClaudeBench(({ step }) =>
      step === 0
        ? { kind: "message", blocks: [{ type: "tool_use", name: "Bash", input: { command: "touch x" } }] }
        : "done",
    );
    const claude = bench.start();
    const first = claude.say("first");
    const request = await claude.until(asked);
    const second = claude.say("second");
    await claude.until({ type: "command_lifecycle", command_uuid: second });
    claude.answer(request, { behavior: "allow" });
    const result = await claude.until({ type: "result" });
    expect(result.user_message_uuids).toEqual([first, second]);
    expect(JSON.stringify(bench.model.requests.at(-1)?.messages)).toContain("sent a new message");
  });

  test("can be withdrawn while they wait", async () => {
    const bench = await rawClaudeBench();
    const claude = bench.start();
    claude.say(fake({ say: "Never done.", stallAfter: 0 }));
    await claude.until({ event: { type: "content_block_start" } });
    const uuid = claude.say("withdrawn");
    await claude.until({ type: "command_lifecycle", command_uuid: uuid });
    const { response } = await claude.control({ subtype: "cancel_async_message", message_uuid: uuid });
    expect(response).toMatchObject({ cancelled: true });
  });

  test("that nobody should answer are only added to the history", async () => {
    const bench = await rawClaudeBench();
    const claude = bench.start();
    await claude.ask("for your information", { shouldQuery: false });
    expect(bench.model.requests).toHaveLength(0);
    const { result } = await claude.ask("What did I say?");
    expect(result.result).toContain("for your information");
  });
});

describe("a uuid that the session already has", () => {
  test("is swallowed without any line in the same process", async () => {
    const bench = await rawClaudeBench();
    const claude = bench.start();
    const uuid = randomUUID();
    await claude.ask("once", { uuid });
    await claude.until({ type: "command_lifecycle", command_uuid: uuid, state: "completed" });
    const from = claude.lines.length;
    claude.say("once", { uuid });
    const { result } = await claude.ask("next");
    expect(result.result).toContain("shown 2 messages");
    expect(claude.lines.slice(from).filter((line) => line.command_uuid === uuid)).toEqual([]);
    expect(bench.model.requests).toHaveLength(2);
  });

  test("is said to be completed, and nothing more, after a resume", async () => {
    const bench = await rawClaudeBench();
    const [sessionId, uuid] = [randomUUID(), randomUUID()];
    const before = bench.start({ arguments: ["--session-id", sessionId] });
    await before.ask("once", { uuid });
    before.process.stdin.end();
    await before.exited;
    const after = bench.start({ arguments: ["--resume", sessionId] });
    after.say("once", { uuid });
    await after.until({ type: "command_lifecycle", command_uuid: uuid, state: "completed" });
    expect(after.lines).toHaveLength(1);
    expect((await after.ask("next")).result.result).toContain("shown 2 messages");
  });

  test("is swallowed after an API error too, and the failed text stays in the history", async () => {
    const bench = await rawClaudeBench(({ lastUserText }) =>
      lastUserText.endsWith("continue") ? "ok" : fail(403),
    );
    const claude = bench.start();
    const uuid = randomUUID();
    expect((await claude.ask("important", { uuid })).result.is_error).toBe(true);
    claude.say("important", { uuid });
    const { result } = await claude.ask("please continue");
    expect(result).toMatchObject({ is_error: false });
    expect(bench.model.requests.at(-1)?.history.join("\n")).toBe("important\nplease continue");
  });
});

describe("a line that is no message", () => {
  test.each([
    ["is not JSON", "nonsense\n", "Error parsing streaming input line"],
    ["has no message", '{"type":"user"}\n', "Expected message role 'user'"],
    [
      "is a control request without its request",
      '{"type":"control_request"}\n',
      "Missing request on control_request",
    ],
  ])("ends the process when it %s", async (_, line, said) => {
    const claude = (await rawClaudeBench()).start();
    claude.write(line);
    expect(await claude.exited).toBe(1);
    expect(claude.stderr()).toContain(said);
  });

  test("is ignored when it is empty, of an unknown type, or answers nothing", async () => {
    const claude = (await rawClaudeBench()).start();
    claude.write("\n");
    claude.write('[1,2]\n{"type":"unheard_of"}\n');
    claude.answer({ type: "control_request", request_id: randomUUID() }, {});
    expect((await claude.ask("hello")).result.is_error).toBe(false);
    expect(await claude.control({ subtype: "nope" })).toMatchObject({
      subtype: "error",
      error_code: "unsupported_request",
    });
  });
});

import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { hang } from "../../src/loopback/model/reply.ts";
import { type RawClaude, type RawClaudeBench, rawClaudeBench } from "../support/raw-claude.ts";
import { bash, fake } from "./scenarios.ts";

describe("a turn that was cut short by a kill", () => {
  const killedInTurn = async (bench: RawClaudeBench, uuid: string, text: string) => {
    const sessionId = randomUUID();
    const claude = bench.start({ arguments: ["--session-id", sessionId] });
    await claude.ask("My cat is Tom.");
    const asked = bench.model.requests.length;
    claude.say(text, { uuid });
    await expect.poll(() => bench.model.requests.length, { timeout: 10_000 }).toBeGreaterThan(asked);
    await expect.poll(() => readFileSync(bench.transcriptOf(sessionId), "utf8")).toContain(uuid);
    claude.process.kill("SIGKILL");
    await claude.exited;
    return sessionId;
  };

  test("restarts by itself when the resume asks for it, under its own uuid", async () => {
    let killed = false;
    const bench = await rawClaudeBench(({ history }) =>
      history.length > 1 && !killed ? hang() : "answered",
    );
    const uuid = randomUUID();
    const sessionId = await killedInTurn(bench, uuid, "Are you there?");
    killed = true;
    const resumed = bench.start({
      arguments: ["--resume", sessionId],
      env: { CLAUDE_CODE_RESUME_INTERRUPTED_TURN: "1" },
    });
    expect(await resumed.until({ type: "result" })).toMatchObject({
      result: "answered",
      is_error: false,
      user_message_uuid: uuid,
      resume_reason: "interrupted_turn",
    });
  });

  test("does not go on without being asked to, and its message stays in the history", async () => {
    let killed = false;
    const bench = await rawClaudeBench(({ history }) =>
      history.length > 1 && !killed ? hang() : "answered",
    );
    const sessionId = await killedInTurn(bench, randomUUID(), "Are you there?");
    killed = true;
    const requests = bench.model.requests.length;
    const resumed = bench.start({ arguments: ["--resume", sessionId] });
    const { result } = await resumed.ask("hello");
    expect(result).toMatchObject({ result: "answered", is_error: false });
    expect(bench.model.requests).toHaveLength(requests + 1);
    expect(bench.model.requests.at(-1)?.history.join("\n")).toContain("Are you there?");
  });

  test("runs when it is asked once more under its uuid, if no answer had begun; the model is shown it twice", async () => {
    let killed = false;
    const bench = await rawClaudeBench(({ history }) =>
      history.length > 1 && !killed ? hang() : "answered",
    );
    const uuid = randomUUID();
    const sessionId = await killedInTurn(bench, uuid, "Are you there?");
    killed = true;
    const { result } = await bench
      .start({ arguments: ["--resume", sessionId] })
      .ask("Are you there?", { uuid });
    expect(result).toMatchObject({ result: "answered", user_message_uuids: [uuid] });
    expect(bench.model.requests.at(-1)?.history).toEqual([
      "My cat is Tom.",
      "Are you there?",
      "Are you there?",
    ]);
  });

  test("is swallowed when it is asked once more under its uuid, if a tool had run", async () => {
    const bench = await rawClaudeBench();
    const [sessionId, uuid] = [randomUUID(), randomUUID()];
    const claude = bench.start({ arguments: ["--session-id", sessionId] });
    const text = fake(bash("echo hi"), { failure: "hang" });
    claude.say(text, { uuid });
    await expect.poll(() => bench.model.requests.length, { timeout: 10_000 }).toBe(2);
    await expect.poll(() => readFileSync(bench.transcriptOf(sessionId), "utf8")).toContain('"tool_result"');
    claude.process.kill("SIGKILL");
    await claude.exited;
    const resumed = bench.start({ arguments: ["--resume", sessionId] });
    resumed.say(text, { uuid });
    await resumed.until({ type: "command_lifecycle", command_uuid: uuid, state: "completed" });
    expect((await resumed.ask("hello")).result.user_message_uuids).toEqual([expect.not.stringMatching(uuid)]);
    expect(bench.model.requests).toHaveLength(3);
  });

  test("restarts once only when it is also asked once more under its uuid", async () => {
    let killed = false;
    const bench = await rawClaudeBench(({ history }) =>
      history.length > 1 && !killed ? hang() : "answered",
    );
    const uuid = randomUUID();
    const sessionId = await killedInTurn(bench, uuid, "Are you there?");
    killed = true;
    const resumed = bench.start({
      arguments: ["--resume", sessionId],
      env: { CLAUDE_CODE_RESUME_INTERRUPTED_TURN: "1" },
    });
    resumed.say("Are you there?", { uuid });
    await resumed.until({ type: "result", user_message_uuid: uuid });
    await resumed.ask("hello");
    const answered = resumed.lines.filter((line) => line.type === "result");
    expect(answered.map((line) => line.user_message_uuids)).toEqual([
      [uuid],
      [expect.not.stringMatching(uuid)],
    ]);
  });

  test("asks for a command that was cut short once more", async () => {
    const bench = await rawClaudeBench();
    const sessionId = randomUUID();
    const claude = bench.start({ arguments: ["--session-id", sessionId, "--allowedTools", "Bash"] });
    const waiting = "until [ -e go-on ]; do sleep 0.05; done; touch ran";
    claude.say(fake(bash(waiting), "Done."));
    await claude.until({ type: "assistant" });
    await expect.poll(() => readFileSync(bench.transcriptOf(sessionId), "utf8")).toContain("tool_use");
    claude.process.kill("SIGKILL");
    await claude.exited;
    const resumed = bench.start({
      arguments: ["--resume", sessionId],
      env: { CLAUDE_CODE_RESUME_INTERRUPTED_TURN: "1" },
    });
    const request = await resumed.until({ type: "control_request" });
    expect(request).toMatchObject({ request: { subtype: "can_use_tool", input: { command: waiting } } });
  });
});

describe("a turn that ended with the process still there", () => {
  const resumedAfter = async (text: string, breakOff: (claude: RawClaude) => Promise<unknown>) => {
    const bench = await rawClaudeBench();
    const sessionId = randomUUID();
    const claude = bench.start({ arguments: ["--session-id", sessionId] });
    const uuid = claude.say(text);
    await breakOff(claude);
    await claude.until({ type: "result" });
    claude.process.stdin.end();
    await claude.exited;
    const resumed = bench.start({
      arguments: ["--resume", sessionId],
      env: { CLAUDE_CODE_RESUME_INTERRUPTED_TURN: "1" },
    });
    return { resumed, uuid };
  };

  test("in an API error counts as interrupted: a resume that takes up turns tries it again", async () => {
    const text = fake({ attempts: [{ fail: 403 }, "better"] });
    const { resumed, uuid } = await resumedAfter(text, async () => undefined);
    const result = await resumed.until({ type: "result" });
    expect(result).toMatchObject({ user_message_uuid: uuid, resume_reason: "interrupted_turn" });
  });

  test("by an interrupt does not", async () => {
    const text = fake({ say: "never whole", chunkSize: 3, stallAfter: 2 });
    const { resumed } = await resumedAfter(text, async (claude) => {
      await claude.until({ event: { type: "content_block_delta" } });
      await claude.control({ subtype: "interrupt" });
    });
    const { result } = await resumed.ask("hello");
    expect(result.resume_reason).toBeUndefined();
    expect(resumed.lines.filter((line) => line.type === "result")).toHaveLength(1);
  });
});

import { randomUUID } from "node:crypto";
import { appendFileSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { hang } from "../../src/loopback/model/reply.ts";
import { type RawClaude, type RawClaudeBench, rawClaudeBench } from "../support/raw-claude.ts";
import { bash, fake } from "./scenarios.ts";

async function end(claude: RawClaude): Promise<number | string> {
  claude.process.stdin.end();
  return claude.exited;
}

/** A session that was told one fact and is closed again. */
async function closedSession(bench: RawClaudeBench, sessionId = randomUUID()): Promise<string> {
  const claude = bench.start({ arguments: ["--session-id", sessionId] });
  await claude.ask("My cat is Tom.");
  await end(claude);
  return sessionId;
}

function transcriptOf(bench: RawClaudeBench, sessionId: string): string {
  const directory = bench.projectDir.replaceAll(/[/.]/g, "-");
  return join(bench.home, ".claude/projects", directory, `${sessionId}.jsonl`);
}

describe("a session", () => {
  test("gets the id that it is given, and remembers after a resume with the same id", async () => {
    const bench = await rawClaudeBench();
    const sessionId = await closedSession(bench);
    const { result } = await bench.start({ arguments: ["--resume", sessionId] }).ask("What is my cat?");
    expect(result).toMatchObject({ session_id: sessionId, result: expect.stringContaining("Tom") });
  });

  test("can be resumed from another directory", async () => {
    const bench = await rawClaudeBench();
    const sessionId = await closedSession(bench);
    const cwd = join(bench.home, "elsewhere");
    mkdirSync(cwd);
    const { result } = await bench.start({ arguments: ["--resume", sessionId], cwd }).ask("What is my cat?");
    expect(result).toMatchObject({ session_id: sessionId, result: expect.stringContaining("Tom") });
  });

  test("can be resumed after the process was killed", async () => {
    const bench = await rawClaudeBench();
    const sessionId = randomUUID();
    const claude = bench.start({ arguments: ["--session-id", sessionId] });
    await claude.ask("My cat is Tom.");
    claude.process.kill("SIGKILL");
    expect(await claude.exited).toBe("SIGKILL");
    const { result } = await bench.start({ arguments: ["--resume", sessionId] }).ask("What is my cat?");
    expect(result.result).toContain("Tom");
  });

  test("that exists cannot be begun again, and an id must be a UUID", async () => {
    const bench = await rawClaudeBench();
    const sessionId = await closedSession(bench);
    const again = bench.start({ arguments: ["--session-id", sessionId] });
    expect(await again.exited).toBe(1);
    expect(again.stderr()).toContain("is already in use");
    const named = bench.start({ arguments: ["--session-id", "channel-123"] });
    expect(await named.exited).toBe(1);
    expect(named.stderr()).toContain("Must be a valid UUID");
  });

  test("that is unknown cannot be resumed: one failed result, and exit 1", async () => {
    const sessionId = randomUUID();
    const claude = (await rawClaudeBench()).start({ arguments: ["--resume", sessionId] });
    expect(await claude.exited).toBe(1);
    expect(claude.lines).toMatchObject([
      {
        type: "result",
        subtype: "error_during_execution",
        is_error: true,
        errors: [`No conversation found with session ID: ${sessionId}`],
      },
    ]);
  });

  test("survives a damaged end of its transcript, but not a transcript of garbage", async () => {
    const bench = await rawClaudeBench();
    const sessionId = await closedSession(bench);
    const transcript = transcriptOf(bench, sessionId);
    appendFileSync(transcript, '{"type":"user","mess');
    const { result } = await bench.start({ arguments: ["--resume", sessionId] }).ask("What is my cat?");
    expect(result.result).toContain("Tom");
    writeFileSync(transcript, "garbage\n\0\0\n");
    const claude = bench.start({ arguments: ["--resume", sessionId] });
    expect(await claude.exited).toBe(1);
    expect(claude.stderr()).toContain("No conversation found");
  });

  test("is not locked: a second process may resume it beside the first", async () => {
    const bench = await rawClaudeBench();
    const sessionId = randomUUID();
    const first = bench.start({ arguments: ["--session-id", sessionId] });
    await first.ask("My cat is Tom.");
    const second = bench.start({ arguments: ["--resume", sessionId] });
    expect((await second.ask("What is my cat?")).result.result).toContain("Tom");
    expect((await first.ask("What is my cat?")).result).toMatchObject({
      session_id: sessionId,
      is_error: false,
    });
  });

  test("goes on under another id after /clear, and under its own after /compact", async () => {
    const claude = (await rawClaudeBench()).start();
    const { session_id } = (await claude.ask("My cat is Tom.")).result;
    await claude.ask("/compact", { client_composed: false });
    const compacted = (await claude.ask("What is my cat?")).result;
    expect(compacted).toMatchObject({ session_id, result: expect.stringContaining("Tom") });
    await claude.ask("/clear", { client_composed: false });
    const cleared = (await claude.ask("What is my cat?")).result;
    expect(cleared.session_id).not.toBe(session_id);
    expect(cleared.result).toContain("You have not told me");
  });
});

describe("an appended system prompt", () => {
  const shownAfterResume = async (...flags: string[]) => {
    const bench = await rawClaudeBench();
    const sessionId = randomUUID();
    const withPrompt = (prompt: string) => [...flags, "--append-system-prompt", prompt];
    const first = bench.start({
      arguments: ["--session-id", sessionId, ...withPrompt("Speak like a pirate.")],
    });
    await first.ask("hello");
    await end(first);
    await bench
      .start({ arguments: ["--resume", sessionId, ...withPrompt("Speak like a judge.")] })
      .ask("hello");
    return bench.model.requests.map(({ system }) => /Speak like a \w+/.exec(system)?.[0]);
  };

  test("is kept from the first request when the session is resumed", async () => {
    expect(await shownAfterResume()).toEqual(["Speak like a pirate", "Speak like a pirate"]);
  });

  test("counts anew with --system-prompt-snapshot off", async () => {
    expect(await shownAfterResume("--system-prompt-snapshot", "off")).toEqual([
      "Speak like a pirate",
      "Speak like a judge",
    ]);
  });
});

describe("a turn that was cut short by a kill", () => {
  const killedInTurn = async (bench: RawClaudeBench, uuid: string, text: string) => {
    const sessionId = randomUUID();
    const claude = bench.start({ arguments: ["--session-id", sessionId] });
    await claude.ask("My cat is Tom.");
    const asked = bench.model.requests.length;
    claude.say(text, { uuid });
    await expect.poll(() => bench.model.requests.length, { timeout: 10_000 }).toBeGreaterThan(asked);
    await expect.poll(() => readFileSync(transcriptOf(bench, sessionId), "utf8")).toContain(uuid);
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
    await expect.poll(() => readFileSync(transcriptOf(bench, sessionId), "utf8")).toContain('"tool_result"');
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
    await expect.poll(() => readFileSync(transcriptOf(bench, sessionId), "utf8")).toContain("tool_use");
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
    await end(claude);
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

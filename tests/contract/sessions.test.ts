import { randomUUID } from "node:crypto";
import { appendFileSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { type RawClaude, type RawClaudeBench, rawClaudeBench } from "../support/raw-claude.ts";

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
    const transcript = bench.transcriptOf(sessionId);
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

import { existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { hang } from "../../src/loopback/model/reply.ts";
import { type RawClaude, type RawClaudeBench, rawClaudeBench } from "../support/raw-claude.ts";
import { bash, fake } from "./scenarios.ts";

const waiting = "touch started; until [ -e go-on ]; do sleep 0.05; done";

/** A process whose turn is inside a command that does not end. */
async function insideCommand(bench: RawClaudeBench, command = waiting): Promise<RawClaude> {
  const claude = bench.start({ arguments: ["--allowedTools", "Bash"] });
  claude.say(fake(bash(command), "Done."));
  await expect.poll(() => existsSync(join(bench.projectDir, "started")), { timeout: 20_000 }).toBe(true);
  return claude;
}

describe("the end of a process", () => {
  test("SIGTERM ends an idle one with 143", async () => {
    const claude = (await rawClaudeBench()).start();
    await claude.ask("hello");
    claude.process.kill("SIGTERM");
    expect(await claude.exited).toBe(143);
  });

  test("SIGTERM ends one in the middle of a request without a result", async () => {
    const bench = await rawClaudeBench(() => hang());
    const claude = bench.start();
    claude.say("hello");
    await expect.poll(() => bench.model.requests.length, { timeout: 20_000 }).toBe(1);
    claude.process.kill("SIGTERM");
    expect(await claude.exited).toBe(143);
    expect(claude.lines.filter((line) => line.type === "result")).toEqual([]);
  });

  test("SIGTERM takes the running command along", async () => {
    const bench = await rawClaudeBench();
    const claude = await insideCommand(bench);
    expect(bench.leftovers().length).toBeGreaterThan(1);
    claude.process.kill("SIGTERM");
    expect(await claude.exited).toBe(143);
    await expect.poll(() => bench.leftovers(), { timeout: 5000 }).toEqual([]);
  });

  test("SIGKILL leaves the running command behind", async () => {
    const bench = await rawClaudeBench();
    const claude = await insideCommand(bench);
    claude.process.kill("SIGKILL");
    // Its pipes are held by the command, so only the exit itself tells that it is gone.
    await expect.poll(() => claude.process.signalCode, { timeout: 5000 }).toBe("SIGKILL");
    expect(bench.leftovers().length).toBeGreaterThan(0);
  });

  test("SIGTERM leaves behind what a finished command started with nohup", async () => {
    const bench = await rawClaudeBench();
    const claude = bench.start({ arguments: ["--allowedTools", "Bash"] });
    const command = "nohup sh -c 'while :; do sleep 0.2; done' >/dev/null 2>&1 &";
    await claude.ask(fake(bash(command), "Done."));
    claude.process.kill("SIGTERM");
    expect(await claude.exited).toBe(143);
    expect(bench.leftovers().length).toBeGreaterThan(0);
  });

  test("a closed stdin ends an idle one with 0, and one in a turn after the turn", async () => {
    const claude = (await rawClaudeBench()).start();
    claude.say(fake({ say: "one two three four", chunkSize: 4, delayMs: 30 }));
    await claude.until({ event: { type: "content_block_delta" } });
    claude.process.stdin.end();
    expect(await claude.exited).toBe(0);
    expect(claude.lines.some((line) => line.type === "result" && line.is_error === false)).toBe(true);
  });

  test("with setpriv it ends with its parent", { skip: !existsSync("/usr/bin/setpriv") }, async () => {
    const bench = await rawClaudeBench(() => hang());
    // The shell stands for a daemon that is killed in the middle of a turn; stdin stays open.
    const launcher = ["sh", "-c", 'exec 3<&0; setpriv --pdeathsig TERM "$@" <&3 & wait', "daemon"];
    const daemon = bench.start({ launcher });
    daemon.say("hello");
    await expect.poll(() => bench.model.requests.length, { timeout: 20_000 }).toBe(1);
    daemon.process.kill("SIGKILL");
    await expect.poll(() => bench.leftovers(), { timeout: 10_000 }).toEqual([]);
  });
});

describe("a start that fails", () => {
  test("because ~/.claude.json is damaged says so in a result, and exits with 1", async () => {
    const bench = await rawClaudeBench();
    writeFileSync(join(bench.home, ".claude.json"), "{ not json");
    const claude = bench.start({ env: { CLAUDE_CODE_STARTUP_FAILURE_RESULTS: "1" } });
    expect(await claude.exited).toBe(1);
    expect(claude.lines).toMatchObject([
      { type: "result", is_error: true, startup_failure_reason: "config_file_invalid" },
    ]);
  });

  test("does not come from damaged settings, an unknown tool or a missing directory to add", async () => {
    const bench = await rawClaudeBench(() => "fine");
    mkdirSync(join(bench.home, ".claude"));
    writeFileSync(join(bench.home, ".claude/settings.json"), "{ not json");
    const claude = bench.start({ arguments: ["--allowedTools", "NoSuchTool", "--add-dir", "/no/such/dir"] });
    expect((await claude.ask("hello")).result).toMatchObject({ is_error: false, result: "fine" });
  });
});

test("a project directory that is deleted while it runs fails its commands, not the session", async () => {
  const bench = await rawClaudeBench();
  const claude = bench.start();
  await claude.ask("hello");
  rmSync(bench.projectDir, { recursive: true });
  const { result } = await claude.ask(fake(bash("echo hi"), "Done."));
  expect(result).toMatchObject({ is_error: false, result: "Done." });
  expect(bench.model.requests.at(-1)?.toolResults[0]).toMatchObject({
    isError: true,
    text: expect.stringContaining("no longer exists"),
  });
});

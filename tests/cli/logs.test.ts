import { appendFileSync, mkdirSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { createLogger, type Logger } from "../../src/daemon/logging/logger.ts";
import { type CliFixture, cliFixture } from "../support/cli.ts";
import { writeHistory } from "../support/history.ts";

interface LogFixture extends CliFixture {
  readonly file: string;
  /** Writes with the daemon's own logger. */
  log(write: (log: Logger) => void): Promise<void>;
}

function withLogs(): LogFixture {
  const fixture = cliFixture();
  const file = join(fixture.stateDir, "logs", "bot.log");
  const log: LogFixture["log"] = async (write) => {
    const logger = createLogger({ file, level: "debug", terminal: undefined, secrets: () => [] });
    write(logger);
    await logger.close();
  };
  return { ...fixture, file, log };
}

/** A line as the logger writes it, of another time. */
function line(timestamp: string, level: string, message: string, fields: object = {}): string {
  return `${JSON.stringify({ timestamp, level, message, ...fields })}\n`;
}

test("logs are readable: local time, level, message, fields", async () => {
  const { run, log } = withLogs();
  await log((logger) => {
    logger.info("ready", { bot: "claude", projects: 2, note: "two words" });
    logger.error("the turn failed", { error: new Error("no space left") });
  });
  const { code, stdout } = await run(["logs"]);
  expect(code).toBe(0);
  expect(stdout).toMatch(
    /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d INFO {2}ready bot=claude projects=2 note="two words"\n/,
  );
  expect(stdout).toMatch(/ERROR the turn failed error="no space left"\n$/);
});

test("rotated files are read oldest first, and the last 50 lines are shown", async () => {
  const { run, file } = withLogs();
  mkdirSync(join(file, ".."));
  const many = (from: number, to: number) =>
    Array.from({ length: to - from }, (_, n) => line("2026-01-01T00:00:00Z", "INFO", `n${from + n}.`)).join(
      "",
    );
  writeFileSync(file.replace("bot.log", "bot10.log"), many(0, 10));
  writeFileSync(file.replace("bot.log", "bot2.log"), many(10, 40));
  writeFileSync(file.replace("bot.log", "bot1.log"), many(40, 60));
  writeFileSync(file, many(60, 80));
  writeFileSync(file.replace("bot.log", "bottle.log"), many(900, 910));
  const numbers = (text: string) => [...text.matchAll(/n(\d+)\./g)].map(([, number]) => Number(number));
  const all = Array.from({ length: 80 }, (_, n) => n);
  expect(numbers((await run(["logs"])).stdout)).toEqual(all.slice(-50));
  expect(numbers((await run(["logs", "-n", "3"])).stdout)).toEqual([77, 78, 79]);
  expect(numbers((await run(["logs", "-n", "100"])).stdout)).toEqual(all);
  expect((await run(["logs", "-n", "0"])).stdout).toBe("");
});

test("--level, --since and --error choose; --json gives the lines as they are", async () => {
  const { run, log, file } = withLogs();
  mkdirSync(join(file, ".."));
  const old = line("2026-01-02T03:04:05Z", "WARNING", "from the Python bot");
  writeFileSync(file, `${old}not JSON at all\n`);
  await log((logger) => {
    logger.debug("detail");
    logger.error("broken", {
      error_id: "vudobaki",
      error: new Error("outer", { cause: new Error("inner") }),
    });
  });
  expect((await run(["logs", "--level", "warn"])).stdout).toMatch(
    /WARN {2}from the Python bot\n.*ERROR broken/,
  );
  expect((await run(["logs", "--since", "1h"])).stdout).toMatch(/^\S+ \S+ DEBUG detail\n.*broken.*\n$/);
  expect((await run(["logs", "--since", "2026-01-01T00:00"])).stdout).toContain("from the Python bot");
  expect((await run(["logs", "--json", "-n", "4"])).stdout.startsWith(`${old}not JSON at all\n`)).toBe(true);
  const error = await run(["logs", "--error", "vudobaki"]);
  expect(error.stdout).toMatch(
    /ERROR broken[^\n]*\n {4}Error: outer\n(.*\n)*? {4}caused by:\n {4}Error: inner\n/,
  );
  expect(error.stdout).not.toContain("detail");
});

test("what can't be meant is told, with exit code 2", async () => {
  const { run } = withLogs();
  expect(await run(["logs", "--since", "yesterday-ish"])).toMatchObject({ code: 2 });
  expect(await run(["logs", "--level", "loud"])).toMatchObject({ code: 2 });
  expect(await run(["logs", "-n", "many"])).toMatchObject({ code: 2 });
});

test("before the bot has run, logs says so", async () => {
  const { code, stdout, stderr } = await withLogs().run(["logs"]);
  expect({ code, stdout }).toEqual({ code: 0, stdout: "" });
  expect(stderr).toContain("the bot has not run");
});

test("logs -f goes on with what is written, across a rotation, until Ctrl-C", async () => {
  const { start, file } = withLogs();
  const now = new Date().toISOString();
  mkdirSync(join(file, ".."));
  writeFileSync(file, line(now, "INFO", "before"));
  const running = start(["logs", "-f", "--level", "info"]);
  await expect.poll(running.stdout).toContain("before");

  // A line may come in pieces, even with a character torn in two.
  const whole = Buffer.from(line(now, "INFO", "zweitens: grün"));
  const middle = whole.indexOf("ü") + 1;
  appendFileSync(file, Buffer.concat([Buffer.from(line(now, "INFO", "first")), whole.subarray(0, middle)]));
  await expect.poll(running.stdout).toContain("first");
  appendFileSync(file, whole.subarray(middle));
  appendFileSync(file, line(now, "DEBUG", "unwanted") + line(now, "INFO", "third"));
  await expect.poll(running.stdout).toContain("third");
  expect(running.stdout()).toContain("zweitens: grün\n");
  expect(running.stdout()).not.toContain("unwanted");

  renameSync(file, file.replace("bot.log", "bot1.log"));
  appendFileSync(file.replace("bot.log", "bot1.log"), line(now, "INFO", "last of the old"));
  writeFileSync(file, line(now, "INFO", "first of the new"));
  await expect.poll(running.stdout).toContain("first of the new");
  expect(running.stdout().indexOf("last of the old")).toBeLessThan(
    running.stdout().indexOf("first of the new"),
  );
  expect(running.stdout().match(/before|last of the old/g)).toEqual(["before", "last of the old"]);
  running.interrupt();
  expect(await running.ended).toBe(0);
});

test("logs -f waits for a log that is not there yet", async () => {
  const { start, log } = withLogs();
  const running = start(["logs", "-f"]);
  await log((logger) => logger.info("at last"));
  await expect.poll(running.stdout).toContain("at last");
  running.interrupt();
  expect(await running.ended).toBe(0);
});

test("errors ls lists failures newest first, and errors show has the turn and the log", async () => {
  const { run, log, databaseFile } = withLogs();
  const failure = (errorId: string, atMs: number, prompt: string) => {
    const end = { outcome: "failed", failureCode: "network", errorId } as const;
    return { channel: "123456789012345678", project: "web", prompt, atMs, end };
  };
  const now = Date.now();
  writeHistory(databaseFile, [
    failure("bababebe", now - 48 * 3_600_000, "Old one"),
    {
      channel: "123456789012345678",
      project: "web",
      prompt: "Fine",
      atMs: now - 5000,
      end: { answer: "Yes." },
    },
    failure("vudobaki", now - 1000, "Build it\nnow"),
  ]);
  await log((logger) => {
    const cause = Object.assign(new Error("ECONNRESET"), { code: "ECONNRESET" });
    logger.error("the agent failed", {
      error_id: "vudobaki",
      error: new Error("no answer", { cause }),
      agent: ["10:00:00.000 tool_use Bash 20 characters", "10:00:01.000 exited claude_crashed"],
    });
    logger.error("another", { error_id: "bababebe" });
  });
  const { stdout } = await run(["errors", "ls"]);
  expect([...stdout.matchAll(/vudobaki|bababebe/g)].map(([id]) => id)).toEqual(["vudobaki", "bababebe"]);
  expect(stdout).toMatch(/vudobaki +\S+ \S+ +web +network +ann +Build it now/);
  const recent = JSON.parse((await run(["errors", "ls", "--since", "1d", "--json"])).stdout);
  expect(recent).toMatchObject([{ error_id: "vudobaki", failure_code: "network" }]);

  const shown = await run(["errors", "show", "vudobaki"]);
  expect(shown.stdout).toMatch(/Failure +network\n/);
  expect(shown.stdout).toMatch(/Asked +Build it\n +now\n/);
  expect(shown.stdout).toMatch(/Was told +Claude's API could not be reached.*\n +Error id: vudobaki\n/);
  expect(shown.stdout).toMatch(
    /Why\n {2}the agent failed\n {2}Error: no answer\n(?: {6}at .*\n)+ {2}caused by: Error: ECONNRESET \(ECONNRESET\)\n/,
  );
  expect(shown.stdout).toMatch(
    /did last \(UTC\)\n {2}10:00:00\.000 tool_use Bash 20 characters\n {2}10:00:01\.000 exited claude_crashed\n/,
  );
  expect(shown.stdout).toMatch(/Log\n.*ERROR the agent failed error_id=vudobaki\n/);
  expect(shown.stdout).not.toContain("another");
  const json = JSON.parse((await run(["errors", "show", "vudobaki", "--json"])).stdout);
  expect(json).toMatchObject({ turn: { prompt: "Build it\nnow" }, log: [{ message: "the agent failed" }] });
});

test("an error that only the log knows is shown, and one that nobody knows is refused", async () => {
  const { run, log } = withLogs();
  await log((logger) => logger.error("before any turn", { error_id: "vudobaki" }));
  expect((await run(["errors", "show", "vudobaki"])).stdout).toContain("before any turn");
  expect(await run(["errors", "show", "nobodyes"])).toMatchObject({ code: 1, stdout: "" });
  expect((await run(["errors", "ls"])).stdout).toMatch(/vudobaki +\S+ \S+ +- +before any turn +- +-\n/);
  expect((await withLogs().run(["errors", "ls"])).stderr).toContain("No failures.");
});

test("the built program shows logs and errors", async () => {
  const fixture = withLogs();
  await fixture.log((logger) => logger.warn("careful"));
  expect((await fixture.runBinary(["logs"])).stdout).toContain("WARN  careful");
  expect(await fixture.runBinary(["errors", "show", "nobodyes"])).toMatchObject({ code: 1, stdout: "" });
});

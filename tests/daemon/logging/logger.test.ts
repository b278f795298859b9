import { readdirSync, readFileSync, renameSync, statSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { createLogger } from "../../../src/daemon/logging/logger.ts";
import { createRotatingFile } from "../../../src/daemon/logging/rotating-file.ts";
import { tempDir } from "../../support/temp-dir.ts";

function openLog() {
  const folder = join(tempDir(), "logs");
  const file = join(folder, "bot.log");
  const log = createLogger({ file, level: "info", terminal: undefined, secrets: () => ["s3cret-token"] });
  const records = () =>
    readFileSync(file, "utf8")
      .split("\n")
      .filter(Boolean)
      .map((line) => JSON.parse(line) as Record<string, unknown>);
  return { folder, file, log, records };
}

test("a line is one JSON object with the Python bot's names for time, level and message", async () => {
  const { log, records } = openLog();
  log.debug("not wanted");
  log.warn("two\nlines", { turn_id: "t1", cost_usd: 0.25 });
  await log.close();
  expect(records()).toEqual([
    { timestamp: expect.any(String), level: "WARNING", message: "two\nlines", turn_id: "t1", cost_usd: 0.25 },
  ]);
  expect(records()[0]?.timestamp).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
});

test("an error is written with its chain of causes; a secret never is, wherever it stands", async () => {
  const { log, records } = openLog();
  const cause = Object.assign(new Error("connect to s3cret-token"), { code: "ECONNREFUSED" });
  log.error("it failed", { error: new Error("no answer", { cause }), url: "https://s3cret-token@host" });
  await log.close();
  expect(records()).toMatchObject([
    {
      url: "https://[secret]@host",
      error: { message: "no answer", cause: { message: "connect to [secret]", code: "ECONNREFUSED" } },
    },
  ]);
});

test("the level can change while it runs", async () => {
  const { log, records } = openLog();
  log.debug("before");
  log.setLevel("debug");
  log.debug("after");
  await log.close();
  expect(records().map(({ message }) => message)).toEqual(["after"]);
});

test("the log keeps five files of 10 MB; of what they hold no line is missing or twice", {
  timeout: 60_000,
}, async () => {
  const { log, folder, file } = openLog();
  const filler = "x".repeat(500_000);
  for (let number = 0; number < 110; number += 1) log.info("n", { number, filler });
  await log.close();

  const files = readdirSync(folder).sort();
  expect(files).toEqual(["bot.log", "bot1.log", "bot2.log", "bot3.log", "bot4.log"]);
  const sizes = files.map((name) => statSync(join(folder, name)).size);
  expect(Math.max(...sizes)).toBeLessThanOrEqual(10 * 1024 * 1024);
  expect(Math.min(...sizes.slice(1))).toBeGreaterThan(10 * 1024 * 1024 - 501_000);
  expect(statSync(file).mode & 0o777).toBe(0o600);
  const oldestFirst = ["bot4.log", "bot3.log", "bot2.log", "bot1.log", "bot.log"];
  const numbers = oldestFirst.flatMap((name) =>
    readFileSync(join(folder, name), "utf8")
      .split("\n")
      .filter(Boolean)
      .map((line) => (JSON.parse(line) as { number: number }).number),
  );
  expect(numbers).toEqual(Array.from({ length: numbers.length }, (_, n) => 110 - numbers.length + n));
});

test("what could not be written is counted and said once it can be; nothing ends because of it", async () => {
  const { log, folder, records } = openLog();
  log.info("before");
  await until(() => records().length === 1);
  renameSync(folder, `${folder}-away`);
  log.info("lost");
  log.info("lost too");
  await new Promise(setImmediate);
  renameSync(`${folder}-away`, folder);
  log.info("after");
  await log.close();
  expect(records().map(({ message, lost }) => [message, lost])).toEqual([
    ["before", undefined],
    ["lines of this log could not be written", 2],
    ["after", undefined],
  ]);
});

test("whoever moves the file away finds a new one", () => {
  const file = join(tempDir(), "bot.log");
  const append = createRotatingFile({ file, maxBytes: 1000, maxFiles: 2 });
  append("one");
  renameSync(file, `${file}.old`);
  append("two");
  expect(readFileSync(file, "utf8")).toBe("two\n");
});

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise(setImmediate);
}

test("a word that comes after the log was closed is passed over", async () => {
  const { log, records } = openLog();
  log.info("first");
  await log.close();
  log.warn("too late");
  await new Promise((resolve) => setImmediate(resolve));
  expect(records().map(({ message }) => message)).toEqual(["first"]);
});

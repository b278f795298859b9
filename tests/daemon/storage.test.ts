import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import Sqlite from "better-sqlite3";
import { expect, onTestFinished, test } from "vitest";
import { newestBackups } from "../../src/sqlite/automatic-backup.ts";
import { wholeDaemon } from "../support/whole-daemon.ts";

test("messages that come while another program locks the database are answered when it lets go", async () => {
  const { ann, web, start, discord, until, contents, paths, lines } = await wholeDaemon();
  await start();
  await discord.botIsOnline();
  await ann.says(web, "m1 lines=1", { mention: true });
  await until((now) => now.join().includes("m1 line 1"));

  const other = new Sqlite(paths.database);
  onTestFinished(() => void other.close());
  other.exec("BEGIN IMMEDIATE");
  await ann.says(web, "m2 lines=1", { mention: true });
  await ann.says(web, "m3 lines=1", { mention: true });
  await expect
    .poll(() => lines.some(({ message }) => message.includes("can't be accepted yet")), { timeout: 10_000 })
    .toBe(true);
  other.exec("COMMIT");
  await until((now) => now.length === 3);
  expect(contents().map((content) => content.match(/m\d/)?.[0])).toEqual(["m1", "m2", "m3"]);
});

test("a lock that is taken while Claude answers delays the answer's end, and nothing is lost or said twice", async () => {
  const { ann, web, start, discord, until, contents, paths, lines } = await wholeDaemon();
  const daemon = await start();
  await discord.botIsOnline();
  await ann.says(web, "m1 lines=3 pace=200", { mention: true });
  await until((now) => now.join().includes("m1 line 1"));
  const other = new Sqlite(paths.database);
  onTestFinished(() => void other.close());
  other.exec("BEGIN IMMEDIATE");
  await expect
    .poll(() => lines.some(({ message }) => message.includes("holds a lock")), { timeout: 10_000 })
    .toBe(true);
  other.exec("COMMIT");
  await until((now) => /^-# \d/m.test(now.join()));
  expect(contents()).toHaveLength(1);
  expect(daemon.isConnected()).toBe(true);
});

test("after a damaged database the bot goes on from its backup, runs nothing a second time, and says so in the log", async () => {
  const world = await wholeDaemon();
  const { ann, web, start, stop, discord, until, contents, paths, lines } = world;
  const first = await start();
  await discord.botIsOnline();
  await ann.says(web, "m1 lines=1", { mention: true });
  await until((now) => /^-# \d/m.test(now.join()));
  await stop(first);
  await stop(await start());
  const second = await start();
  await ann.says(web, "m2 lines=1", { mention: true });
  await until((now) => now.filter((content) => /^-# \d/m.test(content)).length === 2);
  await stop(second);
  expect(newestBackups(paths.database)).toHaveLength(1);

  const bytes = readFileSync(paths.database);
  writeFileSync(paths.database, bytes.fill(0xff, 4096));
  await start();
  await discord.botIsOnline();
  await until((now) => now.length === 3);
  expect(contents()[2]).toContain("came while the bot was away");
  await ann.says(web, "m3 lines=1", { mention: true });
  await until((now) => now.some((content) => content.includes("m3 line 1")));
  expect(contents().filter((content) => content.includes("m2 line 1"))).toHaveLength(1);
  expect(lines.filter(({ level }) => level === "error").map(({ message }) => message)).toContain(
    "sessions.db was damaged: a backup took its place",
  );
  expect(readdirSync(paths.home).some((name) => name.startsWith("sessions.db.damaged-"))).toBe(true);
});

test("a database that is found damaged while the daemon runs ends it, for the next start to restore the backup", async () => {
  const { ann, web, start, discord, until, paths, stop, contents } = await wholeDaemon();
  const daemon = await start();
  await discord.botIsOnline();
  await ann.says(web, "m1 lines=1", { mention: true });
  await until((now) => /^-# \d/m.test(now.join()));
  await expect.poll(() => newestBackups(paths.database).length, { timeout: 10_000 }).toBe(1);
  const other = new Sqlite(paths.database);
  other.unsafeMode();
  other.pragma("writable_schema = ON");
  other.exec("UPDATE sqlite_schema SET rootpage = 99999 WHERE name = 'turns'");
  other.pragma(`schema_version = ${Number(other.pragma("schema_version", { simple: true })) + 1}`);
  other.close();
  await ann.says(web, "m2 lines=1", { mention: true });
  await expect(daemon.refused).resolves.toMatchObject({ code: "database_damaged" });
  await stop(daemon);
  await start();
  await until((now) => now.length === 2);
  expect(contents()[1]).toContain("came while the bot was away");
}, 30_000);

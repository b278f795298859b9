import { expect, test } from "vitest";
import { wholeDaemon } from "../support/whole-daemon.ts";

const ends = (contents: string[]) => contents.filter((content) => /^-# \d/m.test(content));

test("a start in which nothing was missed asks no channel for its messages", async () => {
  const { ann, web, start, stop, discord, until } = await wholeDaemon();
  const daemon = await start();
  await discord.botIsOnline();
  await ann.says(web, "m1 lines=1", { mention: true });
  await until((now) => ends(now).length === 1);
  await stop(daemon);
  const before = discord.requests.length;
  await start();
  await ann.says(web, "m2 lines=1", { mention: true });
  await until((now) => ends(now).length === 2);
  const reads = discord.requests
    .slice(before)
    .filter(({ method, path }) => method === "GET" && /\/messages$/.test(path));
  expect(reads).toEqual([]);
});

test("what came while the daemon was stopped, or its gateway session lost, is read and answered", async () => {
  const { ann, web, start, stop, discord, until } = await wholeDaemon();
  const daemon = await start();
  await discord.botIsOnline();
  await ann.says(web, "m1 lines=1", { mention: true });
  await until((now) => ends(now).length === 1);
  await stop(daemon);
  await ann.says(web, "m2 lines=1", { mention: true });
  await start();
  await until((now) => ends(now).length === 2);
  await discord.faults.goAway();
  await ann.says(web, "m3 lines=1", { mention: true });
  discord.faults.forgetSessions();
  await discord.faults.comeBack();
  await until((now) => ends(now).length === 3);
});

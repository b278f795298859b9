import { expect, test } from "vitest";
import { testDatabase } from "../../support/database.ts";
import { wholeDaemon } from "../../support/whole-daemon.ts";

test("turns older than `ledger.keep` are forgotten at the next start", async () => {
  const { ann, web, start, stop, discord, until, paths, lines } = await wholeDaemon({
    config: { ledger: { keep: "1s" } },
  });
  const daemon = await start();
  await discord.botIsOnline();
  await ann.says(web, "m1 lines=1", { mention: true });
  await until((now) => /^-# \d/m.test(now.join()));
  const db = testDatabase(paths.database);
  const ended = db.prepare("SELECT ended_at FROM turns").pluck();
  const isOld = () => (ended.all() as number[]).every((atMs) => atMs > 0 && Date.now() - atMs > 1_000);
  await expect.poll(isOld, { timeout: 5_000 }).toBe(true);
  await stop(daemon);
  await start();
  await expect.poll(() => ended.all()).toEqual([]);
  expect(lines.some(({ message, fields }) => message === "forgot old turns" && fields.pruned === 1)).toBe(
    true,
  );
});

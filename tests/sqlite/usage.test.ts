import { join } from "node:path";
import Sqlite from "better-sqlite3";
import { expect, test } from "vitest";
import { dayOf, daysUpTo, sumUsage, usageBy } from "../../src/core/history/usage.ts";
import { EMPTY_END, type TurnEnd } from "../../src/core/turns/turn.ts";
import { createLedger } from "../../src/sqlite/ledger.ts";
import { migrations } from "../../src/sqlite/migrations.ts";
import { createRetention } from "../../src/sqlite/retention.ts";
import { createUsageStore } from "../../src/sqlite/usage.ts";
import { testDatabase } from "../support/database.ts";
import { stats } from "../support/history.ts";
import { tempDir } from "../support/temp-dir.ts";

const NOON = new Date(2026, 10, 22, 12).getTime();
const DAY = 24 * 60 * 60_000;

function setUp() {
  const db = testDatabase();
  const clock = { nowMs: NOON };
  const ledger = createLedger(db, () => clock.nowMs);
  let count = 0;
  const turn = (end: Partial<TurnEnd>, { project = "web", by = "1", name = "ann" } = {}) => {
    count += 1;
    const id = `turn-${count}`;
    const asked = {
      id,
      conversationId: "10",
      guildId: "100",
      projectName: project,
      messageId: `message-${count}`,
    };
    ledger.accept({ ...asked, authorId: by, authorName: name, prompt: "ask" });
    ledger.end(id, { ...EMPTY_END, outcome: "answered", ...end });
    ledger.move(id, "deliver");
  };
  return { db, clock, ledger, turn, usage: createUsageStore(db) };
}

test("what turns took is summed by day, project and person", () => {
  const { clock, turn, usage } = setUp();
  turn({ stats: stats(0.5, 1000) });
  turn({ stats: stats(0.25, 500.5) }, { name: "Ann B." });
  turn({ stats: stats(1, 100) }, { by: "2", name: "bob" });
  turn({ stats: stats(2, 100) }, { project: "docs" });
  clock.nowMs += DAY;
  turn({ outcome: "failed", stats: stats(0.1, 100) });

  expect(usage.daily({ to: dayOf(NOON), projectNames: ["web"] })).toEqual([
    {
      day: "2026-11-22",
      projectName: "web",
      userId: "1",
      userName: "Ann B.",
      turns: 2,
      failed: 0,
      costUsd: 0.75,
      inputTokens: 20,
      outputTokens: 40,
      durationMs: 1501,
    },
    expect.objectContaining({ userId: "2", userName: "bob", turns: 1, costUsd: 1 }),
  ]);
  const all = usage.daily();
  expect(sumUsage(all)).toMatchObject({ turns: 5, failed: 1, costUsd: 3.85 });
  expect(
    [...usageBy(all, ({ projectName }) => projectName)].map(([name, { turns }]) => [name, turns]),
  ).toEqual([
    ["docs", 1],
    ["web", 4],
  ]);
  expect(usage.daily({ from: "2026-11-23" })).toMatchObject([{ day: "2026-11-23", failed: 1 }]);
  expect(usage.daily({ projectNames: [] })).toEqual([]);
});

test("what never ran took nothing; a failure before any agent counts as a failure; Claude itself is nobody", () => {
  const { ledger, turn, usage } = setUp();
  turn({ outcome: "cancelled" });
  turn({ outcome: "expired" });
  turn({ outcome: "failed", failureCode: "project_gone" });
  const own = { id: "own", conversationId: "10", guildId: "100", projectName: "web", prompt: "" };
  ledger.record(
    { ...own, messageId: undefined, authorId: undefined, authorName: undefined },
    { ...EMPTY_END, outcome: "answered", stats: stats(0.5, 10) },
  );
  expect(usage.daily()).toMatchObject([
    { userId: undefined, userName: undefined, turns: 1, failed: 0, costUsd: 0.5 },
    { userId: "1", turns: 1, failed: 1, costUsd: 0 },
  ]);
});

test("the sums stay when the turns are forgotten", () => {
  const { db, turn, usage } = setUp();
  turn({ stats: stats(0.5, 1000) });
  expect(createRetention(db).prune(NOON + DAY, 10)).toBe(1);
  expect(usage.daily()).toMatchObject([{ turns: 1, costUsd: 0.5 }]);
});

test("turns of a database from before are counted once, when it is brought up to date", () => {
  const file = join(tempDir(), "sessions.db");
  const before = migrations.findIndex((step) => step.includes("CREATE TABLE daily_usage"));
  const old = new Sqlite(file);
  for (const step of migrations.slice(0, before)) old.exec(step);
  old.pragma(`user_version = ${before}`);
  const insert = old.prepare(`
    INSERT INTO turns (id, sequence, conversation_id, guild_id, project_name, author_id, author_name, prompt, state,
      generation, accepted_at, ended_at, outcome, cost_usd, input_tokens, output_tokens, duration_ms)
    VALUES (?, ?, '10', '100', 'web', '1', 'ann', '', ?, 0, ?, ?, ?, ?, 10, 20, 30)`);
  insert.run("a", 1, "answered", NOON, NOON, "answered", 0.5);
  insert.run("b", 2, "failed", NOON, NOON, "failed", null);
  insert.run("c", 3, "cancelled", NOON, NOON, "cancelled", null);
  insert.run("d", 4, "accepted", NOON, null, null, null);
  old.close();

  expect(createUsageStore(testDatabase(file)).daily()).toMatchObject([
    { day: "2026-11-22", userName: "ann", turns: 2, failed: 1, costUsd: 0.5, inputTokens: 20 },
  ]);
});

test("days are counted back from a moment", () => {
  expect(daysUpTo(new Date(2026, 2, 1, 0, 30).getTime(), 3)).toEqual([
    "2026-02-27",
    "2026-02-28",
    "2026-03-01",
  ]);
  expect(new Set(daysUpTo(NOON, 366)).size).toBe(366);
});

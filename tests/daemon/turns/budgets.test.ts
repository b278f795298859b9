import { expect, test } from "vitest";
import { dayOf } from "../../../src/core/history/usage.ts";
import type { Budget } from "../../../src/core/projects/budget.ts";
import { createBudgets } from "../../../src/daemon/turns/budgets.ts";
import { createBudgetReleases } from "../../../src/sqlite/budget-releases.ts";
import { createLedger } from "../../../src/sqlite/ledger.ts";
import { createUsageStore } from "../../../src/sqlite/usage.ts";
import { testDatabase } from "../../support/database.ts";
import { projectIn } from "../../support/projects.ts";

const EVENING_MS = new Date(2026, 10, 22, 23, 59).getTime();
const MIDNIGHT_MS = new Date(2026, 10, 23).getTime();

const FIVE: Budget = { perDayUsd: 5, perTurnUsd: undefined };

/** A ledger in which turns of `web` and `api` cost something. */
function world(budget: Budget | undefined) {
  const db = testDatabase();
  const clock = { nowMs: EVENING_MS };
  const configured = { budget };
  const ledger = createLedger(db, () => clock.nowMs);
  let count = 0;
  const budgets = createBudgets({
    projectNamed: (name) => projectIn({ id: "1" }, { name, ...configured }),
    usage: createUsageStore(db),
    releases: createBudgetReleases(db),
    now: () => clock.nowMs,
  });
  const spend = (projectName: string, costUsd: number) => {
    count += 1;
    const about = {
      conversationId: "1",
      guildId: "2",
      messageId: undefined,
      authorId: "3",
      authorName: "ann",
    };
    const stats = { costUsd, durationMs: 1, numTurns: 1, inputTokens: 1, outputTokens: 1, contextTokens: 1 };
    ledger.record(
      { id: `turn ${count}`, projectName, prompt: "", ...about },
      {
        outcome: "answered",
        answer: "",
        failureCode: undefined,
        errorId: undefined,
        resetsAtMs: undefined,
        notes: [],
        stats: { ...stats, contextWindow: 1 },
      },
    );
  };
  return { budgets, clock, configured, spend };
}

test("a project's turns wait once they have cost the day's budget, until midnight of this machine", () => {
  const { budgets, clock, spend } = world(FIVE);
  spend("web", 3);
  spend("api", 30);
  expect(budgets.hold("web")).toBeUndefined();
  spend("web", 2);
  expect(budgets.hold("web")).toEqual({ spentUsd: 5, limitUsd: 5, untilMs: MIDNIGHT_MS });
  clock.nowMs = MIDNIGHT_MS;
  expect(budgets.hold("web")).toBeUndefined();
  expect(dayOf(clock.nowMs)).toBe("2026-11-23");
});

test("an administrator lets one project run on for one day, and it is still known as used up", () => {
  const { budgets, clock, spend } = world(FIVE);
  expect(budgets.release("web", "9")).toBe(false);
  spend("web", 6);
  spend("api", 6);
  expect(budgets.release("web", "9")).toBe(true);
  expect(budgets.release("web", "9")).toBe(false);
  expect(budgets.hold("web")).toBeUndefined();
  expect(budgets.usedUp("web")).toBeDefined();
  expect(budgets.hold("api")).toBeDefined();
  clock.nowMs = MIDNIGHT_MS;
  spend("web", 6);
  expect(budgets.hold("web")).toBeDefined();
});

test("a budget that is raised or taken away counts at once", () => {
  const { budgets, configured, spend } = world(FIVE);
  spend("web", 6);
  expect(budgets.hold("web")).toBeDefined();
  configured.budget = { perDayUsd: 10, perTurnUsd: undefined };
  expect(budgets.hold("web")).toBeUndefined();
  configured.budget = undefined;
  expect(budgets.usedUp("web")).toBeUndefined();
});

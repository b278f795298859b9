import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { CRASH_POINTS, crashPointName } from "./crash-point.ts";
import { directedPlans, sceneCount } from "./directed-plans.ts";
import { createPlan, type Plan } from "./plan.ts";
import { report } from "./report.ts";
import { type RunResult, runPlan } from "./run-plan.ts";
import type { AgentKind } from "./world.ts";

/** Enough in a row for every kind of crash; `npm run chaos` has as many as one likes. */
const SEEDS = Array.from({ length: 40 }, (_, index) => index + 1);
const REAL_SEEDS = [4, 17, 30];
const SCENES = directedPlans().slice(0, sceneCount());

/** A busy machine takes minutes for what an idle one does in seconds. */
const TIMEOUT_MS = 600_000;

const compileCache = mkdtempSync(join(tmpdir(), "claude-coord-chaos-cache-"));
const results: RunResult[] = [];

afterAll(() => rmSync(compileCache, { recursive: true, force: true }));

async function expectNothingLost(plan: Plan, agent: AgentKind) {
  const result = await runPlan(plan, { agent, compileCache, stuckAfterMs: 90_000 });
  results.push(result);
  expect(result.violations, report(result)).toEqual([]);
}

describe.concurrent("nothing is lost and nothing comes twice, whatever dies", () => {
  test.each(SEEDS)("seed %i", (seed) => expectNothingLost(createPlan(seed), "stand-in"), TIMEOUT_MS);
  test.each(SCENES)("$name", (plan) => expectNothingLost(plan, "stand-in"), TIMEOUT_MS);
});

describe("nothing is lost and nothing comes twice with the real CLI", () => {
  test.each(REAL_SEEDS)("seed %i", (seed) => expectNothingLost(createPlan(seed), "real"), TIMEOUT_MS);
});

test("the daemon died around every kind of write", () => {
  const reached = new Set(results.flatMap((result) => result.reached.map(withoutCount)));
  expect(
    [...new Set(CRASH_POINTS.map(crashPointName).map(withoutCount))].filter((point) => !reached.has(point)),
  ).toEqual([]);
});

function withoutCount(point: string): string {
  return point.slice(0, point.lastIndexOf(":"));
}

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { directedPlans } from "./directed-plans.ts";
import { createPlan } from "./plan.ts";
import { report } from "./report.ts";
import { runPlan } from "./run-plan.ts";

/*
 * npm run chaos -- --runs 1000 --seed 1 --parallel 4 --real
 * Runs the seeds from --seed on and prints a report of each that fails; exit code 1 if any did. With --directed, or a
 * negative seed, the directed plans: -1 is the first of them.
 */
const { values } = parseArgs({
  options: {
    runs: { type: "string", default: "200" },
    seed: { type: "string", default: "1" },
    parallel: { type: "string", default: "4" },
    directed: { type: "boolean", default: false },
    real: { type: "boolean", default: false },
    timeline: { type: "boolean", default: false },
  },
});
const directed = directedPlans();
const first = Number(values.seed);
const plans = values.directed
  ? directed
  : Array.from({ length: Number(values.runs) }, (_, index) =>
      first < 0 ? directed[-1 - first + index] : createPlan(first + index),
    ).filter((plan) => plan !== undefined);
const compileCache = mkdtempSync(join(tmpdir(), "claude-coord-chaos-cache-"));
const agent = values.real ? "real" : "stand-in";
const failed: number[] = [];
let done = 0;

const work = async () => {
  for (let plan = plans.shift(); plan !== undefined; plan = plans.shift()) {
    const { seed } = plan;
    const result = await runPlan(plan, { agent, compileCache, stuckAfterMs: 120_000 });
    done += 1;
    if (result.violations.length > 0) failed.push(seed);
    if (result.violations.length > 0 || values.timeline) console.log(report(result));
    console.error(`${done} runs, ${failed.length} failed${failed.length > 0 ? `: ${failed.join(" ")}` : ""}`);
  }
};

try {
  await Promise.all(Array.from({ length: Number(values.parallel) }, work));
} finally {
  rmSync(compileCache, { recursive: true, force: true });
}
process.exitCode = failed.length > 0 ? 1 : 0;

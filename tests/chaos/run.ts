import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { createPlan } from "./plan.ts";
import { report } from "./report.ts";
import { runPlan } from "./run-plan.ts";

/*
 * npm run chaos -- --runs 1000 --seed 1 --parallel 4 --real
 * Runs the seeds from --seed on and prints a report of each that fails; exit code 1 if any did.
 */
const { values } = parseArgs({
  options: {
    runs: { type: "string", default: "200" },
    seed: { type: "string", default: "1" },
    parallel: { type: "string", default: "4" },
    real: { type: "boolean", default: false },
    timeline: { type: "boolean", default: false },
  },
});
const seeds = Array.from({ length: Number(values.runs) }, (_, index) => Number(values.seed) + index);
const compileCache = mkdtempSync(join(tmpdir(), "claude-coord-chaos-cache-"));
const agent = values.real ? "real" : "stand-in";
const failed: number[] = [];
let done = 0;

const work = async () => {
  for (let seed = seeds.shift(); seed !== undefined; seed = seeds.shift()) {
    const result = await runPlan(createPlan(seed), { agent, compileCache, calmTimeoutMs: 120_000 });
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

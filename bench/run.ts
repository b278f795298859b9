/*
 * npm run bench [-- NAME…] [-- --check] [-- --quick]
 * Runs the suites one after the other, prints their tables and writes bench/results/. With --check nothing is
 * written: the ratios are compared with the committed ones, and a worse one ends it with 1.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { cpus, tmpdir, totalmem } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { printOutcome } from "./support/print.ts";
import { isWorse, type Outcome, type Suite } from "./support/suite.ts";

const SUITES = join(import.meta.dirname, "suites");
const RESULTS = join(import.meta.dirname, "results");

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { check: { type: "boolean" }, quick: { type: "boolean" }, one: { type: "string" } },
});

if (values.one === undefined) process.exitCode = await runAll();
else await runOne(values.one, positionals[0] ?? "");

/** Each suite has a process of its own: none finds the heap or the caches of another. */
async function runAll(): Promise<number> {
  const all = readdirSync(SUITES)
    .map((file) => file.replace(/\.ts$/, ""))
    .sort();
  const unknown = positionals.filter((name) => !all.includes(name));
  if (unknown.length > 0)
    throw new Error(`no such suite: ${unknown.join(", ")}. There are: ${all.join(", ")}`);
  const scratch = mkdtempSync(join(tmpdir(), "claude-coord-bench-"));
  let failed = false;
  for (const name of positionals.length > 0 ? positionals : all) {
    const file = join(scratch, `${name}.json`);
    const quick = values.quick ? ["--quick"] : [];
    const child = spawn(process.execPath, [import.meta.filename, "--one", name, ...quick, file], {
      stdio: "inherit",
    });
    const [code] = (await once(child, "exit")) as [number | null];
    failed ||= code !== 0 || (values.check === true && !passes(name, file));
    if (code === 0 && values.check !== true && values.quick !== true) keep(name, file);
  }
  rmSync(scratch, { recursive: true });
  return failed ? 1 : 0;
}

async function runOne(name: string, file: string): Promise<void> {
  if (values.quick) process.env.BENCH_QUICK = "1";
  const { suite } = (await import(join(SUITES, `${name}.ts`))) as { suite: Suite };
  const outcome = await suite.run();
  process.stdout.write(`${printOutcome(suite, outcome)}\n`);
  writeFileSync(file, JSON.stringify(outcome));
  // A suite that leaves something open has measured all the same.
  process.exit();
}

function keep(name: string, file: string): void {
  const outcome = JSON.parse(readFileSync(file, "utf8")) as Outcome;
  const machine = {
    node: process.version,
    cpu: cpus()[0]?.model,
    cpus: cpus().length,
    memoryGiB: Math.round(totalmem() / 2 ** 30),
  };
  mkdirSync(RESULTS, { recursive: true });
  writeFileSync(join(RESULTS, `${name}.json`), `${JSON.stringify({ machine, ...outcome }, null, 2)}\n`);
}

function passes(name: string, file: string): boolean {
  const committed = join(RESULTS, `${name}.json`);
  if (!existsSync(committed)) return true;
  const before = (JSON.parse(readFileSync(committed, "utf8")) as Outcome).ratios;
  const now = (JSON.parse(readFileSync(file, "utf8")) as Outcome).ratios;
  const worse = Object.entries(before).filter(([ratio, was]) => {
    const is = now[ratio];
    return is === undefined || isWorse(is, was);
  });
  for (const [ratio, was] of worse) {
    console.error(`worse: ${name}: ${ratio}: ${now[ratio]?.value ?? "gone"}, committed ${was.value}`);
  }
  return worse.length === 0;
}

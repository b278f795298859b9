import { crashPointName } from "./crash-point.ts";
import type { RunResult } from "./run-plan.ts";

/** Everything that is known of a bad run, for a person who wants to know why. */
export function report({ plan, agent, violations, timeline, channels, log }: RunResult): string {
  const again = `npm run chaos -- --seed=${plan.seed}${agent === "real" ? " --real" : ""} --runs 1`;
  return [
    `Seed ${plan.seed}${plan.name === undefined ? "" : `, ${plan.name}`} (${again}), crashes: ${plan.crashes.map(crashPointName).join(", ")}`,
    ...violations.map((violation) => `  ✗ ${violation}`),
    "What happened (ms):",
    ...timeline.map((line) => `  ${line}`),
    "What stands in the channels:",
    ...channels,
    "The daemon's log:",
    ...log.map((line) => `  ${line.slice(0, 600)}`),
  ].join("\n");
}

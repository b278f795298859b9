/** One subject that is measured, in a process of its own. */
export interface Suite {
  readonly title: string;
  /** What is measured, against what, and with which stand-ins. */
  readonly about: string;
  run(): Promise<Outcome>;
}

export interface Outcome {
  /** The first names the row. */
  readonly columns: readonly string[];
  readonly rows: readonly (readonly [string, ...(number | string)[]])[];
  /** What counts: quotients of two figures of one run, so that they mean the same on any machine. */
  readonly ratios: Readonly<Record<string, Ratio>>;
}

export interface Ratio {
  readonly value: number;
  readonly better: "lower" | "higher";
  /** What it should be; a missed goal is shown, and docs/performance.md says why. */
  readonly goal?: number;
  /** How far two runs on one machine differ, as a part of the value. */
  readonly noise: number;
}

/** As much of a figure as means something. */
export function rounded(value: number): number {
  if (!Number.isFinite(value) || value === 0) return value;
  const digits = Math.max(0, 2 - Math.floor(Math.log10(Math.abs(value))));
  return Number(value.toFixed(Math.min(digits, 6)));
}

export function meetsGoal({ value, goal, better }: Ratio): boolean | undefined {
  if (goal === undefined) return undefined;
  return better === "lower" ? value <= goal : value >= goal;
}

/** Whether a ratio has become worse than a committed one by more than the noise of both. */
export function isWorse(now: Ratio, before: Ratio): boolean {
  const allowed = 1 + now.noise;
  return now.better === "lower" ? now.value > before.value * allowed : now.value < before.value / allowed;
}

/** What was measured of the daemon at one moment. */
export interface Measure {
  readonly atMinutes: number;
  readonly rssMiB: number;
  readonly descriptors: number;
  readonly timers: number;
  readonly handles: number;
  readonly files: number;
  readonly answered: number;
  readonly queued: number;
  readonly lagMs: number;
}

/** How much more of each there may be in the last third than in the second. The first third is for warming up. */
const ROOM = {
  rssMiB: (before: number) => Math.max(15, before * 0.1),
  descriptors: () => 5,
  timers: (before: number) => Math.max(20, before * 0.2),
  handles: () => 5,
  files: () => 2,
} as const;

/** Whether nothing has grown, and all that was asked was answered; one line for each thing that was looked at. */
export function judge(
  measures: readonly Measure[],
  { asked }: { asked: number },
): { verdicts: string[]; isFlat: boolean } {
  const third = Math.floor(measures.length / 3);
  const [before, after] = [measures.slice(third, 2 * third), measures.slice(2 * third)];
  const grown = (Object.keys(ROOM) as (keyof typeof ROOM)[]).map((what) => {
    const [from, to] = [before, after].map((part) => median(part.map((each) => each[what])));
    const isOk = (to ?? 0) - (from ?? 0) <= ROOM[what](from ?? 0);
    return { isOk, text: `${isOk ? "flat " : "GROWS"} ${what}: ${round(from)} → ${round(to)}` };
  });
  const answered = measures.at(-1)?.answered ?? 0;
  const isAnswered = answered === asked;
  const all = [
    ...grown,
    { isOk: isAnswered, text: `${isAnswered ? "all" : "NOT ALL"} answered: ${answered} of ${asked}` },
  ];
  return { verdicts: all.map(({ text }) => text), isFlat: all.every(({ isOk }) => isOk) };
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

function round(value: number | undefined): number {
  return Math.round((value ?? Number.NaN) * 10) / 10;
}

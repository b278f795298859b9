import { expect, test } from "vitest";
import { judge, type Measure } from "../soak/judge.ts";

const measures = (change: (index: number) => Partial<Measure>): Measure[] =>
  Array.from({ length: 30 }, (_, index) => ({
    atMinutes: index,
    rssMiB: 120 + (index % 3),
    descriptors: 40,
    timers: 30,
    handles: 25,
    files: 9,
    answered: 100,
    queued: 0,
    lagMs: 10,
    ...change(index),
  }));

test("the soak fails when memory, descriptors, timers, handles or files grow, or a turn is not answered", () => {
  expect(
    judge(
      measures(() => ({})),
      { asked: 100 },
    ).isFlat,
  ).toBe(true);
  expect(
    judge(
      measures((index) => (index < 10 ? { rssMiB: 80 + index * 4 } : {})),
      { asked: 100 },
    ).isFlat,
  ).toBe(true);
  const growing: Partial<Record<keyof Measure, number>> = {
    rssMiB: 4,
    descriptors: 1,
    timers: 4,
    handles: 1,
    files: 1,
  };
  for (const [what, step] of Object.entries(growing)) {
    const { isFlat, verdicts } = judge(
      measures((index) => ({ [what]: 100 + index * step })),
      { asked: 100 },
    );
    expect({ what, isFlat }).toEqual({ what, isFlat: false });
    expect(verdicts.filter((verdict) => verdict.startsWith("GROWS"))).toHaveLength(1);
  }
  expect(
    judge(
      measures(() => ({})),
      { asked: 101 },
    ).isFlat,
  ).toBe(false);
});

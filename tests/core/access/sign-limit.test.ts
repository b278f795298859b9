import { expect, test } from "vitest";
import { createSignLimit } from "../../../src/core/access/sign-limit.ts";

test("a person is shown one sign a minute, however much they write", () => {
  let now = 0;
  const mayShow = createSignLimit(() => now);
  const shown = Array.from({ length: 1_000 }, (_, index) => {
    now = index * 100;
    return mayShow("1", String(index % 3));
  });
  expect(shown.filter(Boolean)).toHaveLength(2);
});

test("a channel is shown ten signs a minute, however many people write", () => {
  let now = 0;
  const mayShow = createSignLimit(() => now);
  const show = (from: number) =>
    Array.from({ length: 100 }, (_, index) => mayShow(String(from + index), "10")).filter(Boolean).length;
  expect(show(0)).toBe(10);
  expect(mayShow("5000", "11")).toBe(true);
  now = 60_001;
  expect(show(1_000)).toBe(10);
});

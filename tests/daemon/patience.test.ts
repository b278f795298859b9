import { expect, test } from "vitest";
import { createPatience } from "../../src/daemon/patience.ts";

test("patience ends when nothing held for longer than it lasts, and begins anew when it holds", () => {
  let now = 0;
  let holds = true;
  const isPatient = createPatience({ holds: () => holds, patienceMs: 10, now: () => now });
  const after = (ms: number) => {
    now += ms;
    return isPatient();
  };
  expect(after(100)).toBe(true);
  holds = false;
  expect(after(10)).toBe(true);
  expect(after(1)).toBe(false);
  holds = true;
  expect(after(1)).toBe(true);
  holds = false;
  expect(after(10)).toBe(true);
});

import { expect, onTestFinished, test, vi } from "vitest";
import { createTyping } from "../../../src/discord/channel/typing.ts";

test("typing is refreshed every eight seconds by one, however many want it, until the last one no longer does", () => {
  vi.useFakeTimers();
  onTestFinished(() => void vi.useRealTimers());
  const typing = createTyping();
  let typed = 0;
  const type = async () => {
    typed += 1;
  };
  const first = typing.keep("web", type);
  const second = typing.keep("web", type);
  vi.advanceTimersByTime(16_000);
  expect(typed).toBe(3);
  first();
  first();
  vi.advanceTimersByTime(8_000);
  expect(typed).toBe(4);
  second();
  vi.advanceTimersByTime(60_000);
  expect(typed).toBe(4);
});

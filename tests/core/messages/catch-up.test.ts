import { expect, test } from "vitest";
import { planCatchUp, snowflakeAt, snowflakeTimeMs } from "../../../src/core/messages/catch-up.ts";
import type { IncomingMessage } from "../../../src/core/messages/inbound.ts";

const NOW = Date.parse("2026-11-22T10:00:00Z");
const messageAt = (timeMs: number) => ({ id: snowflakeAt(timeMs) }) as IncomingMessage;
const fates = (ages: readonly number[], limits: Partial<Parameters<typeof planCatchUp>[1]> = {}) =>
  planCatchUp(
    ages.map((ageMs) => messageAt(NOW - ageMs)),
    { maxAgeMs: 60_000, maxMessages: 10, ...limits },
    NOW,
  ).map(({ fate }) => fate);

test("a snowflake of a moment tells that moment", () => {
  expect(snowflakeTimeMs(snowflakeAt(NOW))).toBe(NOW);
  expect(snowflakeTimeMs(snowflakeAt(0))).toBeLessThan(NOW);
});

test("missed messages run, but for those that are too old or too many", () => {
  expect(fates([90_000, 50_000, 10])).toEqual(["too_old", "catch_up", "catch_up"]);
  expect(fates([30_000, 20_000, 10_000], { maxMessages: 1 })).toEqual(["too_many", "too_many", "catch_up"]);
});

test("after a database was restored, what came before that is not run by itself", () => {
  expect(fates([50_000, 10], { expireBeforeMs: NOW - 1_000 })).toEqual(["too_old", "catch_up"]);
});

test("a clock that was set back makes nothing old", () => {
  expect(fates([-3_600_000, -1])).toEqual(["catch_up", "catch_up"]);
});

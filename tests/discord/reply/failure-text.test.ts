import { describe, expect, test } from "vitest";
import type { FailureCode } from "../../../src/core/turns/turn.ts";
import { failureText } from "../../../src/discord/reply/failure-text.ts";

const now = Date.UTC(2026, 0, 1);
const hour = 60 * 60_000;
const shown = (code: FailureCode, resetsInMs?: number, errorId?: string) =>
  failureText({
    code,
    errorId,
    resetsAtMs: resetsInMs === undefined ? undefined : now + resetsInMs,
    nowMs: now,
  });

test("a failure says what to do, and the id under which the log has the rest", () => {
  expect(shown("login_expired", undefined, "vudobaki")).toBe(
    "Claude Code's login has expired. Whoever runs the bot has to log in again with `claude`.\n-# Error id: vudobaki",
  );
});

describe("a usage limit", () => {
  test("says at which time of each reader's clock it lifts", () => {
    const at = (now + 2 * hour) / 1000;
    expect(shown("usage_limit", 2 * hour)).toBe(
      `The Claude plan's usage limit is reached. It lifts at <t:${at}:t>, <t:${at}:R>.`,
    );
  });

  test("of a week says on which day", () => {
    expect(shown("usage_limit", 72 * hour)).toContain(`It lifts <t:${(now + 72 * hour) / 1000}:f>.`);
  });

  test("without a known time, or with one that has passed, asks for patience", () => {
    for (const resetsIn of [undefined, -hour]) {
      expect(shown("usage_limit", resetsIn)).toBe(
        "The Claude plan's usage limit is reached. Ask again when it has been reset.",
      );
    }
  });
});

test("a time means nothing to a failure that no time lifts", () => {
  expect(shown("network", hour)).toBe(shown("network"));
});

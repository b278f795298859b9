import { describe, expect, test } from "vitest";
import { createFloodGate, decideFlood, type FloodLimits } from "../../../src/core/access/flood.ts";

const NONE: FloodLimits = {
  memberPerMinute: 0,
  projectPerMinute: 0,
  botPerMinute: 0,
  botPerHour: 0,
  waiting: 0,
};
const NOW = 10_000_000;
const ago = (...seconds: number[]) => seconds.map((each) => NOW - each * 1000);

describe("how much is too much", () => {
  const calm = { byAuthor: [], inProject: [], waiting: 0 };

  test("a member, a bot and a project have limits of their own", () => {
    const limits = { ...NONE, memberPerMinute: 3, botPerMinute: 2, projectPerMinute: 4 };
    const two = { ...calm, byAuthor: ago(50, 10) };
    expect(decideFlood("member", two, limits, NOW)).toBeUndefined();
    expect(decideFlood("bot", two, limits, NOW)).toMatchObject({
      reason: "bot_rate",
      againAtMs: NOW + 10_000,
    });
    const three = { ...calm, byAuthor: ago(50, 20, 10) };
    expect(decideFlood("member", three, limits, NOW)).toEqual({
      reason: "member_rate",
      limit: 3,
      per: "minute",
      againAtMs: NOW + 10_000,
    });
    const busy = { ...calm, inProject: ago(40, 30, 20, 10) };
    expect(decideFlood("member", busy, limits, NOW)).toMatchObject({
      reason: "project_rate",
      againAtMs: NOW + 20_000,
    });
  });

  test("what is a minute old counts no more, and bots that answer slowly are counted by the hour", () => {
    const limits = { ...NONE, memberPerMinute: 2, botPerMinute: 2, botPerHour: 4 };
    expect(decideFlood("member", { ...calm, byAuthor: ago(60, 59) }, limits, NOW)).toBeUndefined();
    const slow = { ...calm, byAuthor: ago(2400, 1800, 1200, 600) };
    expect(decideFlood("bot", slow, limits, NOW)).toMatchObject({
      reason: "bot_rate",
      per: "hour",
      limit: 4,
    });
    expect(decideFlood("member", slow, limits, NOW)).toBeUndefined();
  });

  test("what was written later does not count: missed messages are judged by the pace of their time", () => {
    const limits = { ...NONE, memberPerMinute: 2 };
    const later = { ...calm, byAuthor: [NOW - 90_000, NOW + 1, NOW + 2] };
    expect(decideFlood("member", later, limits, NOW)).toBeUndefined();
  });

  test("a conversation takes so many that wait", () => {
    const limits = { ...NONE, waiting: 2 };
    expect(decideFlood("member", { ...calm, waiting: 1 }, limits, NOW)).toBeUndefined();
    expect(decideFlood("member", { ...calm, waiting: 2 }, limits, NOW)?.reason).toBe("queue_full");
  });

  test("0 is no limit", () => {
    const much = { byAuthor: Array(5_000).fill(NOW), inProject: Array(5_000).fill(NOW), waiting: 5_000 };
    expect(decideFlood("member", much, NONE, NOW)).toBeUndefined();
    expect(decideFlood("bot", much, NONE, NOW)).toBeUndefined();
  });
});

describe("the gate", () => {
  function gate(limits: Partial<FloodLimits>, waiting = 0) {
    let nowMs = NOW;
    const { begin } = createFloodGate({
      limits: () => ({ ...NONE, ...limits }),
      waiting: () => waiting,
      now: () => nowMs,
    });
    return {
      later: (seconds: number) => {
        nowMs += seconds * 1000;
      },
      ask: (authorId = "1", over: Partial<Parameters<typeof begin>[0]> = {}) =>
        begin({ authorId, kind: "member", projectName: "web", conversationId: "9", ...over }),
    };
  }

  test("who goes on at that pace is not let in, and is told once; who stops, is", () => {
    const { ask, later } = gate({ memberPerMinute: 3 });
    const asked = Array.from({ length: 10 }, () => {
      later(10);
      return ask();
    });
    expect(asked.map((flood) => flood?.isNew)).toEqual([...Array(3), true, ...Array(6).fill(false)]);
    later(61);
    expect(ask()).toBeUndefined();
  });

  test("one who floods takes nothing from the others of the project", () => {
    const { ask } = gate({ memberPerMinute: 2, projectPerMinute: 4 });
    for (let count = 0; count < 100; count += 1) ask("1");
    expect([ask("2"), ask("2"), ask("3")].map((flood) => flood?.reason)).toEqual([
      undefined,
      undefined,
      "project_rate",
    ]);
  });

  test("a backlog that was written over hours is no flood, however fast it is read, and no queue is too long for it", () => {
    const { ask } = gate({ memberPerMinute: 2, waiting: 1 }, 50);
    const missed = Array.from({ length: 100 }, (_, index) =>
      ask("1", { atMs: NOW - 3_600_000 + index * 31_000, isMissed: true }),
    );
    expect(missed.every((flood) => flood === undefined)).toBe(true);
    const flood = Array.from({ length: 5 }, (_, index) =>
      ask("2", { atMs: NOW - 3_600_000 + index * 100, isMissed: true }),
    );
    expect(flood.filter((each) => each?.reason === "member_rate")).toHaveLength(3);
  });
});

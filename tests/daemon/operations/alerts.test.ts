import { statfsSync } from "node:fs";
import { tmpdir } from "node:os";
import { expect, test } from "vitest";
import type { Alert } from "../../../src/core/operations/alerts.ts";
import { createAlerts } from "../../../src/core/operations/alerts.ts";
import type { CoordEvent } from "../../../src/core/operations/events.ts";
import type { BudgetHold } from "../../../src/core/projects/budget.ts";
import { alertRules } from "../../../src/daemon/operations/alert-rules.ts";
import { type LoginAnswer, type LoginState, watchLogin } from "../../../src/daemon/operations/login-watch.ts";
import { alertText } from "../../../src/discord/channel/alert-text.ts";
import { createAlertStore } from "../../../src/sqlite/alerts.ts";
import { written } from "../../support/answers.ts";
import { testDatabase } from "../../support/database.ts";
import { tempDir } from "../../support/temp-dir.ts";
import { wholeDaemon } from "../../support/whole-daemon.ts";

const HOUR_MS = 3_600_000;

function world() {
  const home = tempDir();
  const db = testDatabase(`${home}/sessions.db`);
  const clock = { nowMs: Date.parse("2026-11-22T12:00:00Z"), installed: "1.0.0", diskMinBytes: 0 };
  const budget: { hold?: BudgetHold | undefined } = {};
  const told: string[] = [];
  let isReachable = true;
  const open = () => {
    const alerts = createAlerts({
      store: createAlertStore(db, () => clock.nowMs),
      tell: async (alert: Alert) => {
        if (!isReachable) throw new Error("Discord is away");
        told.push(alertText(alert));
        return true;
      },
      log: { info: () => {}, warn: () => {} },
    });
    const rules = alertRules({
      alerts,
      budgetUsedUp: () => budget.hold,
      home,
      diskMinBytes: () => clock.diskMinBytes,
      runningVersion: "1.0.0",
      installedVersion: () => clock.installed,
      now: () => clock.nowMs,
    });
    return { alerts, rules };
  };
  return {
    budget,
    clock,
    told,
    open,
    reachable: (is: boolean) => {
      isReachable = is;
    },
  };
}

const agentEvent = (event: Extract<CoordEvent, { type: "agent" }>["event"]): CoordEvent => ({
  type: "agent",
  conversationId: "1",
  event,
});
const usageWindow = (status: "allowed" | "rejected", resetsAtMs?: number) =>
  agentEvent({ type: "usage_window", status, window: "five_hour", utilization: 1, resetsAtMs });
const crash = agentEvent({ type: "exited", failure: { code: "claude_crashed", detail: "" } });
const settled = () => new Promise((resolve) => setTimeout(resolve, 20));

test("a budget that is used up is told once, and once more when the next day has one", async () => {
  const { open, told, budget } = world();
  const { rules, alerts } = open();
  const ended = { type: "turn_changed", turn: { projectName: "web", state: "delivering" } } as CoordEvent;
  rules.hear(ended);
  rules.look();
  await settled();
  expect(told).toEqual([]);
  budget.hold = { spentUsd: 5.126, limitUsd: 5, untilMs: 0 };
  rules.hear(ended);
  rules.hear(ended);
  rules.look();
  await settled();
  expect(told).toEqual(["⚠️ **A budget is used up**: web, $5.13 of $5.00 today."]);
  budget.hold = undefined;
  open().rules.look();
  await settled();
  await alerts.tellAll();
  expect(told.slice(1)).toEqual(["✅ The budget is free again: web, $5.13 of $5.00 today."]);
});

test("a usage limit is told once, and once more when it lifts, though it is seen many times and the bot restarts", async () => {
  const { open, told, clock } = world();
  const first = open();
  const lifts = clock.nowMs + 2 * HOUR_MS;
  first.rules.hear(usageWindow("rejected", lifts));
  first.rules.hear(usageWindow("rejected", lifts));
  await settled();
  const restarted = open();
  restarted.rules.hear(usageWindow("rejected", lifts));
  await restarted.alerts.tellAll();
  expect(told).toHaveLength(1);
  expect(told[0]).toMatch(
    /^⚠️ \*\*The Claude plan's usage limit is reached\*\* \(five_hour\)\. It lifts <t:\d+:R>/,
  );
  clock.nowMs += 3 * HOUR_MS;
  restarted.rules.look();
  await settled();
  expect(told.slice(1)).toEqual(["✅ The usage limit has lifted (five_hour). What waited goes on."]);
  expect(open().alerts.standing()).toEqual([]);
});

test("what could not be told is told later; what was over by then is not told at all", async () => {
  const { open, told, reachable } = world();
  reachable(false);
  const { alerts, rules } = open();
  rules.hear(usageWindow("rejected"));
  rules.hear(usageWindow("allowed"));
  rules.login({ type: "gone", why: "Claude Code is not logged in" });
  await settled();
  expect(told).toEqual([]);
  reachable(true);
  await alerts.tellAll();
  await settled();
  await alerts.tellAll();
  expect(told).toHaveLength(1);
  expect(told[0]).toContain("login does not work");
});

test("three crashes of agents in ten minutes are told, and half an hour without one; two are not", async () => {
  const { open, told, clock } = world();
  const { rules } = open();
  rules.hear(crash);
  rules.hear(crash);
  clock.nowMs += 11 * 60_000;
  rules.hear(crash);
  await settled();
  expect(told).toEqual([]);
  rules.hear(crash);
  rules.hear(crash);
  await settled();
  expect(told).toHaveLength(1);
  expect(told[0]).toContain("3 times in 10 minutes (claude_crashed)");
  clock.nowMs += 31 * 60_000;
  rules.look();
  await settled();
  expect(told[1]).toBe("✅ Claude Code has not ended unexpectedly for 30 minutes.");
});

test("a disk with less free than the config asks for is told at once, and that there is room once there is a quarter more", async () => {
  const { open, told, clock } = world();
  const { rules } = open();
  const { bavail, bsize } = statfsSync(tmpdir());
  const changed: CoordEvent = { type: "config_changed", settings: [] };
  const leastIs = async (share: number) => {
    clock.diskMinBytes = bavail * bsize * share;
    rules.hear(changed);
    await settled();
  };
  await leastIs(1.5);
  await leastIs(0.95);
  expect(told).toEqual([expect.stringContaining("**The disk is nearly full**")]);
  await leastIs(0.5);
  expect(told.slice(1)).toEqual([expect.stringContaining("There is room again")]);
});

test("a version that is installed and does not run yet is told, and that it runs", async () => {
  const { open, told, clock } = world();
  clock.installed = "1.1.0";
  open().rules.look();
  await settled();
  clock.installed = "1.0.0";
  open().rules.look();
  await settled();
  expect(told).toEqual([
    expect.stringContaining("**claude-coord 1.1.0 is installed**, and 1.0.0 still runs"),
    "✅ claude-coord 1.0.0 runs now.",
  ]);
});

test("a login is looked after: gone when nobody is logged in, expiring within a week, expired when its time has come", async () => {
  const states: LoginState[] = [];
  let answer: LoginAnswer = { loggedIn: true, expiresAtMs: undefined, fingerprint: "a" };
  let now = Date.parse("2026-11-22T12:00:00Z");
  const look = async (next: Partial<LoginAnswer>, watch: ReturnType<typeof watchLogin>) => {
    answer = { ...answer, ...next };
    watch.start();
    await settled();
    return states.at(-1);
  };
  let hear: (event: CoordEvent) => void = () => {};
  const watch = watchLogin({
    read: async () => answer,
    events: {
      listen: (listener) => {
        hear = listener;
        return () => {};
      },
    },
    onState: (state) => void states.push(state),
    now: () => now,
    log: { warn: () => {} },
  });
  expect(await look({}, watch)).toEqual({ type: "ok", expiresAtMs: undefined });
  expect(await look({ loggedIn: false }, watch)).toMatchObject({ type: "gone" });
  const expiresAtMs = now + HOUR_MS;
  expect(await look({ loggedIn: true, expiresAtMs }, watch)).toEqual({ type: "ok", expiresAtMs });
  now += 2 * HOUR_MS;
  expect(await look({ expiresAtMs: undefined }, watch)).toEqual({ type: "gone", why: "it has expired" });

  // The CLI calls a login that is refused logged in all the same, until somebody logs in anew.
  const fresh = { loggedIn: true, expiresAtMs: now + 1000 * HOUR_MS, fingerprint: "b" };
  expect(await look(fresh, watch)).toMatchObject({ type: "ok" });
  hear({
    type: "turn_changed",
    turn: { state: "delivering", end: { outcome: "failed", failureCode: "login_expired" } },
  } as unknown as CoordEvent);
  await settled();
  expect(states.at(-1)).toEqual({ type: "gone", why: "Anthropic refuses it" });
  expect(await look({}, watch)).toMatchObject({ type: "gone" });
  expect(await look({ fingerprint: "c" }, watch)).toMatchObject({ type: "ok" });
  watch.stop();
});

test("alerts stand in their channel, and a restart repeats none", { timeout: 60_000 }, async () => {
  let channel = { id: "" };
  const { discord, ann, web, start, stop, until } = await wholeDaemon({
    config: (world) => {
      channel = world.addChannel("admins");
      return { alerts: { channel_id: channel.id } };
    },
  });
  const alerts = () => written(discord, channel).map(({ content }) => content);
  const first = await start();
  for (const number of [1, 2, 3]) {
    await ann.says(web, `m${number} [dies-first]`, { mention: true });
    await until(
      (contents) => contents.filter((text) => text.includes("stopped unexpectedly")).length === number,
    );
  }
  await discord.until(() => alerts().length > 0, { timeoutMs: 30_000 });
  expect(alerts()).toEqual([expect.stringContaining("**Claude Code keeps ending unexpectedly**")]);
  await stop(first);
  await start();
  await ann.says(web, "m4", { mention: true });
  await until((contents) => contents.join().includes("m4 line 1 of 1"));
  expect(alerts()).toHaveLength(1);
});

import type { Alerts } from "../../core/operations/alerts.ts";
import type { CoordEvent } from "../../core/operations/events.ts";
import type { BudgetHold } from "../../core/projects/budget.ts";
import { EXPIRES_SOON_MS, freeBytes, gibibytes } from "./health-checks.ts";
import type { LoginState } from "./login-watch.ts";

export interface AlertRulesDeps {
  readonly alerts: Alerts;
  /** What today's turns of a project have cost, where that is all that they may. */
  readonly budgetUsedUp: (projectName: string) => BudgetHold | undefined;
  readonly home: string;
  /** With less than this free, the disk is low. */
  readonly diskMinBytes: () => number;
  readonly runningVersion: string;
  /** As it is on the disk now. */
  readonly installedVersion: () => string;
  readonly now: () => number;
}

export interface AlertRules {
  hear(event: CoordEvent): void;
  login(state: LoginState): void;
  /** Looks at what tells nothing by itself: the disk, the clock, what is installed. Once a minute. */
  look(): void;
}

const MINUTE_MS = 60_000;
const CRASHES = 3;
const CRASH_MINUTES = 10;
const QUIET_MINUTES = 30;
/** Once low, there must be so many times the least before it counts as over: else it would be told again and again. */
const ENOUGH = 1.25;

/** When which alert begins and is over. */
export function alertRules({
  alerts,
  budgetUsedUp,
  home,
  diskMinBytes,
  runningVersion,
  installedVersion,
  now,
}: AlertRulesDeps): AlertRules {
  let crashes: { atMs: number; code: string }[] = [];

  const usageWindow = (window: string, isRejected: boolean, resetsAtMs: number | undefined) => {
    if (isRejected) alerts.raise("usage_limit", window, { window, resetsAtMs: resetsAtMs ?? 0 });
    else alerts.clear("usage_limit", window);
  };
  const crashed = (code: string) => {
    const recent = crashes.filter(({ atMs }) => now() - atMs < CRASH_MINUTES * MINUTE_MS);
    crashes = [...recent, { atMs: now(), code }];
    if (crashes.length < CRASHES) return;
    alerts.raise("agent_crashes", "", { count: crashes.length, code, minutes: CRASH_MINUTES });
  };
  const lookAtBudget = (projectName: string) => {
    const used = budgetUsedUp(projectName);
    if (used === undefined) return alerts.clear("budget", projectName);
    const what = `${projectName}, $${used.spentUsd.toFixed(2)} of $${used.limitUsd.toFixed(2)} today`;
    alerts.raise("budget", projectName, { what });
  };
  const lookAtDisk = () => {
    const free = freeBytes(home);
    const least = diskMinBytes();
    if (free < least) alerts.raise("disk_low", home, { folder: home, free: gibibytes(free) });
    else if (free >= ENOUGH * least) alerts.clear("disk_low", home);
  };
  const lookAtLimits = () => {
    for (const { kind, key, facts } of alerts.standing()) {
      const lifts = Number(facts.resetsAtMs);
      if (kind === "usage_limit" && lifts > 0 && lifts <= now()) alerts.clear(kind, key);
    }
  };
  const lookAtCrashes = () => {
    const standing = alerts.standing().find(({ kind }) => kind === "agent_crashes");
    if (standing === undefined) return;
    const lastAtMs = Math.max(standing.changedAtMs, crashes.at(-1)?.atMs ?? 0);
    if (now() - lastAtMs < QUIET_MINUTES * MINUTE_MS) return;
    alerts.raise("agent_crashes", "", { ...standing.facts, quietMinutes: QUIET_MINUTES });
    alerts.clear("agent_crashes", "");
  };
  const lookAtVersion = () => {
    const installed = installedVersion();
    const facts = { installed, running: runningVersion };
    if (installed !== runningVersion) return alerts.raise("new_version", "", facts);
    const standing = alerts.standing().find(({ kind }) => kind === "new_version");
    if (standing === undefined) return;
    alerts.raise("new_version", "", facts);
    alerts.clear("new_version", "");
  };

  return {
    hear: (event) => {
      if (event.type === "audit") {
        if (event.state === "working") alerts.clear("audit_failing", "");
        else alerts.raise("audit_failing", "", { file: event.file, why: event.why });
      }
      if (event.type === "config_changed") lookAtDisk();
      // What a turn has cost is counted once its end is known.
      if (event.type === "turn_changed" && event.turn.state === "delivering") {
        lookAtBudget(event.turn.projectName);
      }
      if (event.type !== "agent") return;
      const told = event.event;
      if (told.type === "usage_window") {
        usageWindow(told.window || "unknown", told.status === "rejected", told.resetsAtMs);
      }
      if (told.type === "exited" && told.failure !== undefined && CRASH_CODES.has(told.failure.code)) {
        crashed(told.failure.code);
      }
    },
    login: (state) => {
      if (state.type === "gone") {
        alerts.raise("login_gone", "", { why: state.why });
        return;
      }
      if (state.type === "unknown") return;
      alerts.clear("login_gone", "");
      const { expiresAtMs } = state;
      if (expiresAtMs !== undefined && expiresAtMs - now() < EXPIRES_SOON_MS) {
        alerts.raise("login_expiring", "", { expiresAtMs });
      } else {
        alerts.clear("login_expiring", "");
      }
    },
    look: () => {
      lookAtDisk();
      lookAtLimits();
      for (const { kind, key } of alerts.standing()) if (kind === "budget") lookAtBudget(key);
      lookAtCrashes();
      lookAtVersion();
    },
  };
}

const CRASH_CODES: ReadonlySet<string> = new Set(["claude_crashed", "protocol", "stalled"]);

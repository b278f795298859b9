import { createHash } from "node:crypto";
import type { Claude } from "../../claude/claude.ts";
import { createActivity } from "../../core/operations/activity.ts";
import { type Alert, createAlerts } from "../../core/operations/alerts.ts";
import { checkHealth } from "../../core/operations/health.ts";
import { alertText } from "../../discord/channel/alert-text.ts";
import { createChannelApi } from "../../discord/channel/channel-api.ts";
import type { Gateway } from "../../discord/gateway/gateway.ts";
import { createApp } from "../../http/app.ts";
import { listen } from "../../http/listen.ts";
import { createMetrics } from "../../http/metrics/metrics.ts";
import type { Agents } from "../agents/agents.ts";
import type { DaemonContext } from "../context.ts";
import { guarded } from "../guard.ts";
import { packageVersion } from "../package-version.ts";
import type { StopOrder } from "../stop-order.ts";
import { alertRules } from "./alert-rules.ts";
import { freeBytes, healthChecks } from "./health-checks.ts";
import { watchLogin } from "./login-watch.ts";
import { statusFacts } from "./status-facts.ts";

export interface Parts {
  readonly gateway: Gateway;
  readonly agents: Agents;
  readonly claude: Claude;
  readonly claudeVersion: string;
}

export interface Operations {
  /** The parts are there; what can be asked of them is asked from now on. */
  attach(parts: Parts): void;
  /** Messages are answered. */
  ready(): void;
  /** The daemon dies of an error that nobody caught; returns the id under which the log has it. */
  crashed(error: unknown): string;
}

const LOOK_EVERY_MS = 60_000;

/** What those who run the bot see of it: health, metrics, the status page, and alerts in Discord. */
export async function openOperations(context: DaemonContext, stops: StopOrder): Promise<Operations> {
  const { config, paths, stores, events, report, log } = context;
  const version = packageVersion();
  const startedAtMs = Date.now();
  let parts: Partial<Parts> = {};
  let isReady = false;
  let isDead = false;

  const cut = stores.runs.begin(version);
  stops.push(() => {
    if (!isDead) stores.runs.end();
  });

  const activity = createActivity(Date.now);
  const alerts = createAlerts({ store: stores.alerts, tell: (alert) => tell(alert), log });
  const rules = alertRules({
    alerts,
    budgetUsedUp: context.budgets.usedUp,
    home: paths.home,
    diskMinBytes: () => config().alerts.diskMinBytes,
    runningVersion: version,
    installedVersion: packageVersion,
    now: Date.now,
  });
  const login = watchLogin({
    read: async () => {
      const answer = await parts.claude?.login();
      if (answer === undefined) return undefined;
      const { loggedIn, loginExpiresAt, fingerprint } = answer;
      return { loggedIn, fingerprint, expiresAtMs: loginExpiresAt ? Date.parse(loginExpiresAt) : undefined };
    },
    events,
    onState: rules.login,
    now: Date.now,
    log,
  });
  stops.push(login.stop);

  const isConnected = () => isReady && parts.gateway?.isReady() === true;
  const checks = healthChecks({
    isConnected,
    probeDatabase: stores.overview.probe,
    login: login.state,
    home: paths.home,
    diskMinBytes: () => config().alerts.diskMinBytes,
    now: Date.now,
  });
  const health = () => checkHealth(checks);
  const metrics = createMetrics({
    activity,
    now: Date.now,
    openTurns: stores.overview.openTurns,
    agents: () => parts.agents?.pool.counts() ?? { busy: 0, idle: 0, waiting: 0 },
    isGatewayReady: isConnected,
    diskFreeBytes: () => freeBytes(paths.home),
    checks: async () =>
      Object.fromEntries(
        Object.entries((await health()).checks).map(([name, { status }]) => [name, status !== "failing"]),
      ),
    alerts: () => stores.alerts.standing().map(({ kind }) => kind),
    versions: { coord: version, claude: () => parts.claudeVersion ?? "" },
  });
  for (const hear of [activity.hear, metrics.hear, rules.hear]) events.listen(hear);

  const tell = async (alert: Alert): Promise<boolean> => {
    const { channelId } = config().alerts;
    if (channelId === undefined) return false;
    if (!isReady || parts.gateway === undefined) throw new Error("Discord is not connected yet");
    // The same alert has the same nonce: told twice within minutes, by a restart for one, it stands there once.
    const { kind, key, isActive, changedAtMs } = alert;
    const nonce = createHash("sha256")
      .update(`${kind} ${key} ${isActive} ${changedAtMs}`)
      .digest("base64url");
    await createChannelApi(parts.gateway.rest, channelId).create(
      { content: alertText(alert).slice(0, 2000), suppressEmbeds: true },
      { nonce: nonce.slice(0, 24) },
    );
    return true;
  };

  const { health: settings } = config();
  if (settings.listen !== undefined) {
    const app = createApp({
      token: () => config().health.token,
      health,
      notReady: () => (isConnected() ? undefined : "Discord sends no events"),
      metrics,
      status: () => statusFacts({ context, activity, health, parts: () => parts, version, startedAtMs }),
      onError: (error) => log.error("a page of health.listen could not be made", { error }),
    });
    const listener = await listen(app, settings.listen);
    stops.push(listener.close);
    log.info("the status page, health checks and metrics are served", { url: listener.url });
  }

  return {
    attach: (all) => {
      parts = all;
    },
    ready: () => {
      isReady = true;
      if (cut !== undefined) {
        const what = "the last run of the bot had ended without stopping";
        const about = { started_at: new Date(cut.startedAtMs).toISOString(), version: cut.version };
        const errorId = cut.errorId ?? report.failure(what, undefined, about);
        alerts.raise("daemon_crashed", errorId, {
          errorId,
          startedAtMs: cut.startedAtMs,
          hasSaidWhy: cut.errorId === undefined ? 0 : 1,
        });
      }
      const { health: served, alerts: told } = config();
      if (served.listen !== undefined || told.channelId !== undefined) login.start();
      const look = guarded(
        "looking for what needs an administrator",
        () => {
          rules.look();
          void alerts.tellAll();
        },
        log,
      );
      look();
      const timer = setInterval(look, LOOK_EVERY_MS);
      stops.push(() => clearInterval(timer));
    },
    crashed: (error) => {
      isDead = true;
      const errorId = report.failure("the bot crashed", error, {});
      stores.runs.dies(errorId);
      return errorId;
    },
  };
}

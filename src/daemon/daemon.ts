import { mkdirSync } from "node:fs";
import type { Config } from "../config/config.ts";
import type { Environment, Paths } from "../config/paths.ts";
import { secretsOf } from "../config/secrets.ts";
import { createFloodGate } from "../core/access/flood.ts";
import type { CoordError } from "../core/operations/errors.ts";
import { type CoordEvent, createEvents } from "../core/operations/events.ts";
import { createRedactor } from "../core/secrets/redactor.ts";
import { whenChanged } from "../core/secrets/when-changed.ts";
import { createChannelApi } from "../discord/channel/channel-api.ts";
import { COMMANDS } from "../discord/commands/definitions.ts";
import { registerCommands } from "../discord/commands/register.ts";
import { createGateway } from "../discord/gateway/gateway.ts";
import { openTracing } from "../otel/tracing.ts";
import { lockInstance } from "../sqlite/instance-lock.ts";
import { openAgents } from "./agents/agents.ts";
import { findClaude } from "./agents/find-claude.ts";
import { watchResets } from "./agents/reset-watch.ts";
import type { DaemonContext } from "./context.ts";
import { openInteractions } from "./interactions.ts";
import { keepCommands } from "./keep-commands.ts";
import { keepLastWords } from "./logging/last-words.ts";
import type { Logger } from "./logging/logger.ts";
import { createReport } from "./logging/report.ts";
import { logTurns } from "./logging/turn-log.ts";
import { accessPolicy } from "./messages/access-policy.ts";
import { heardChannels } from "./messages/heard-channels.ts";
import { createListener } from "./messages/listener.ts";
import { watchChannels } from "./messages/watch-channels.ts";
import { keepHeartbeat } from "./operations/heartbeat.ts";
import { openAudit } from "./operations/open-audit.ts";
import { openOperations } from "./operations/operations.ts";
import { createSecretAlarm } from "./operations/secret-alarm.ts";
import { tellAdmins } from "./operations/tell-admins.ts";
import { packageVersion } from "./package-version.ts";
import { openAdditions, recoverAdditions } from "./projects/additions.ts";
import { createConfigEdits } from "./projects/config-edits.ts";
import { createStopOrder } from "./stop-order.ts";
import { openStores } from "./stores.ts";
import { createBudgets } from "./turns/budgets.ts";
import { recoverTurns } from "./turns/recover-turns.ts";
import { openTalk } from "./turns/talk.ts";
import { openDeletedThreads, openWorktrees } from "./turns/worktrees.ts";
import { keepBackups } from "./upkeep/daily-backup.ts";
import { keepLedgerTidy } from "./upkeep/ledger-retention.ts";
import { repeatSweep } from "./upkeep/repeat-sweep.ts";

export interface DaemonOptions {
  /** Asked each time something depends on it: a changed config counts from the next turn on. */
  readonly config: () => Config;
  readonly paths: Paths;
  readonly env: Environment;
  readonly log: Logger;
  /** Looks over every use of a store: how the chaos tests kill the daemon between two writes. */
  readonly watchStore?: <T extends object>(name: string, store: T) => T;
}

type ChangedConfig = Extract<CoordEvent, { type: "config_changed" | "config_refused" }>;

export interface Daemon {
  /** Who the bot is on Discord. */
  readonly botName: string;
  /** Whether Discord sends events at this moment. */
  isConnected(): boolean;
  /** Settles with what only a person can put right, if that happens while the daemon runs. */
  readonly refused: Promise<CoordError>;
  /** Hears what became of a changed config.yaml. */
  configChanged(change: ChangedConfig): void;
  /** Notes what nobody caught, for the next start to tell; returns the error id under which the log has it. */
  crashed(error: unknown): string;
  /**
   * Stops in the reverse order of the start. Running turns may end until `force` is aborted; then they are let go,
   * and the next start takes them up.
   */
  stop(force: AbortSignal): Promise<void>;
}

/**
 * Starts everything in order and settles when messages are being answered. A start that fails stops what it had
 * started. Throws CoordError for what a person can put right.
 */
export async function startDaemon({ config, paths, env, log, watchStore }: DaemonOptions): Promise<Daemon> {
  const stops = createStopOrder((error) => log.error("a part did not stop cleanly", { error }));
  let force: AbortSignal = AbortSignal.abort();
  let stopping = false;
  let answering = false;
  const refused = Promise.withResolvers<CoordError>();

  try {
    mkdirSync(paths.home, { recursive: true, mode: 0o700 });
    stops.push(lockInstance(paths.lock));
    const events = createEvents((error) => log.error("what follows an event failed", { error }));
    const tracing = await openTracing({ env, version: packageVersion(), log });
    if (tracing !== undefined) {
      events.listen(tracing.hear);
      stops.push(tracing.stop);
    }
    const stores = openStores({
      file: paths.database,
      dropsText: () => config().ledger.text === "drop",
      watch: (name, store) => {
        const watched = watchStore?.(name, store) ?? store;
        return tracing?.watchStore(name, watched) ?? watched;
      },
      onDamaged: refused.resolve,
      onTurn: (turn) => events.emit({ type: "turn_changed", turn }),
      log,
    });
    stops.push(stores.close);
    const withText = () => config().logging.messages;
    const lastWords = keepLastWords({ events, withText, now: Date.now });
    logTurns({ events, withText, now: Date.now, log });
    const heartbeat = keepHeartbeat({ store: stores.heartbeat, events, now: Date.now, log });
    stops.push(heartbeat.stop);
    const writing = new AbortController();
    const report = createReport({ log, events, lastWords, withText });
    const secretFound = createSecretAlarm({ report, events });
    const redactor = createRedactor({
      secrets: whenChanged(config, secretsOf),
      hidesLooks: () => config().redact === "all",
    });
    const projectNamed = (name: string) => config().projects.find((project) => project.name === name);
    const { usage, budgetReleases: releases } = stores;
    const context: DaemonContext = {
      config,
      paths,
      env,
      log,
      events,
      budgets: createBudgets({ projectNamed, usage, releases, now: Date.now }),
      floods: createFloodGate({
        limits: () => config().limits,
        waiting: (conversationId) => stores.ledger.open(conversationId).length,
        now: Date.now,
      }),
      report,
      redactor,
      secretFound,
      stores,
      projectNamed,
      writing: writing.signal,
    };

    const operations = await openOperations(context, stops);
    stops.push(openAudit(context));
    const settings = config().claude;
    const { claude, version } = await findClaude({ settings, env, instanceId: paths.database, log });
    const agents = openAgents(context, claude, (conversationId, event, sessionId) =>
      talk.conversations.of(conversationId).unprompted(event, sessionId),
    );
    stops.push(() => agents.pool.stop());

    const gateway = createGateway({
      token: config().discord.token,
      apiUrl: config().discord.apiUrl,
      onState: (state) => events.emit({ type: "gateway", state }),
      onRateLimit: (limit) => events.emit({ type: "rate_limited", ...limit }),
      guard: { redactor, onSecret: (request) => void secretFound("message", { request }) },
      log,
    });
    stops.push(() => gateway.close());
    heartbeat.watch({
      claudeVersion: version,
      look: () => ({
        bot: gateway.botName() || undefined,
        state: stopping
          ? "stopping"
          : gateway.isReady()
            ? "connected"
            : answering
              ? "disconnected"
              : "starting",
        agents: agents.pool.counts(),
        maxAgents: agents.maxAgents(),
      }),
    });
    operations.attach({ gateway, agents, claude, claudeVersion: version });

    stops.push(
      tellAdmins({
        events,
        channel: (channelId) => createChannelApi(gateway.rest, channelId),
        admins: (channelId) => {
          const { users } = config().admins;
          return users.length > 0 ? users : [gateway.ownerOf(channelId) ?? []].flat();
        },
        now: Date.now,
        log,
      }),
    );
    const worktrees = openWorktrees(context, gateway);
    const talk = openTalk(context, gateway, agents.pool, worktrees, stops);
    stops.push(async () => {
      force.addEventListener("abort", () => writing.abort());
      if (force.aborted) writing.abort();
      await talk.conversations.close(force);
      writing.abort();
    });

    const edits = createConfigEdits(context);
    const additions = openAdditions(context, gateway, edits);
    stops.push(() => additions.stop());

    const deletedThreads = openDeletedThreads(context, gateway, agents.pool, talk.conversations, worktrees);
    const threads = { worktrees, deletedThreads };
    const { listener, catchUp } = createListener(context, gateway, talk, agents.pool, threads, {
      setUpChannel: additions.setUpChannel,
      onInteraction: openInteractions(context, gateway, agents, talk, {
        additions,
        edits,
        version,
        ...threads,
      }),
      onRefused: refused.resolve,
    });
    const { sessions, facts } = stores;
    stops.push(watchResets({ sessions, facts, agents: agents.pool, events, log }));
    stops.push(repeatSweep(claude.sweepOrphans, log));
    recoverTurns({ ledger: stores.ledger, policy: config().restart, report: context.report.ofTurn, log });
    const lost = stores.prompts.open();
    await gateway.connect(listener);

    void talk.prompts.closeLost(lost);
    void recoverAdditions(additions, gateway);
    stops.push(watchChannels({ channels: () => heardChannels(config()), changed: catchUp.start, log }));
    stops.push(
      keepCommands({
        guilds: () => new Set(accessPolicy(config(), gateway.guildOf).guildIds),
        register: (guildId) => registerCommands(gateway.rest, gateway.bot().userId, guildId, COMMANDS),
        log,
      }),
    );
    stops.push(
      keepLedgerTidy({
        retention: stores.retention,
        keepMs: () => config().ledger.keepMs,
        dropsText: () => config().ledger.text === "drop",
        now: Date.now,
        log,
      }),
    );
    stops.push(keepBackups({ file: paths.database, copyTo: stores.copyTo, now: Date.now, log }));
    answering = true;
    operations.ready();
    log.info("ready", { bot: gateway.botName(), projects: config().projects.length });
    return {
      botName: gateway.botName(),
      isConnected: gateway.isReady,
      refused: refused.promise,
      configChanged: events.emit,
      crashed: operations.crashed,
      stop: async (signal) => {
        force = signal;
        stopping = true;
        heartbeat.beat();
        await stops.stopAll();
      },
    };
  } catch (error) {
    await stops.stopAll();
    throw error;
  }
}

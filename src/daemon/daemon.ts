import { randomBytes, randomUUID } from "node:crypto";
import { mkdirSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import type { Config } from "../config/config.ts";
import { setProjectModel } from "../config/edit.ts";
import type { Environment, Paths } from "../config/paths.ts";
import type { AgentModel } from "../core/agent.ts";
import { createAgentPool } from "../core/agent-pool.ts";
import { ERROR_ID_BYTES, errorId } from "../core/error-id.ts";
import type { CoordError } from "../core/errors.ts";
import { withHostTools } from "../core/host-tools.ts";
import { watchLedger } from "../core/ledger-watch.ts";
import { sessionCommandOf } from "../core/session-command.ts";
import type { Turn } from "../core/turn.ts";
import { createAcknowledge } from "../discord/acknowledge.ts";
import { createChannelApi } from "../discord/channel-api.ts";
import { commandHandlers } from "../discord/commands/commands.ts";
import { COMMANDS } from "../discord/commands/definitions.ts";
import { registerCommands } from "../discord/commands/register.ts";
import { createGateway } from "../discord/gateway.ts";
import { hintText } from "../discord/hint.ts";
import { createInteractions } from "../discord/interactions/interactions.ts";
import { turnDecisions } from "../discord/interactions/turn-decisions.ts";
import { ownMessages } from "../discord/own-messages.ts";
import { createPrompts } from "../discord/prompts/prompts.ts";
import { createReactions } from "../discord/reactions.ts";
import { readMessage } from "../discord/read-message.ts";
import { discordTime } from "../discord/reply/amounts.ts";
import { createReplies } from "../discord/reply/reply.ts";
import { toolLine } from "../discord/reply/tool-line.ts";
import { DISCORD_ORIGINS } from "../files/download.ts";
import { createIntake } from "../files/intake.ts";
import { loadOutgoing } from "../files/load-outgoing.ts";
import { createSendFile, SEND_FILE } from "../files/send-file.ts";
import { lockInstance } from "../sqlite/instance-lock.ts";
import { storageTrouble } from "../sqlite/storage-trouble.ts";
import { agentsThatFit } from "./agent-limit.ts";
import { createCatchUp } from "./catch-up.ts";
import { createConversations } from "./conversations.ts";
import { keepBackups } from "./daily-backup.ts";
import { createEdits } from "./edits.ts";
import { keepFilesTidy } from "./file-retention.ts";
import { findClaude } from "./find-claude.ts";
import { guarded } from "./guard.ts";
import { createInbound } from "./inbound.ts";
import { keepCommands } from "./keep-commands.ts";
import { keepLedgerTidy } from "./ledger-retention.ts";
import type { Logger } from "./logger.ts";
import { recoverTurns } from "./recover-turns.ts";
import { repeatSweep } from "./repeat-sweep.ts";
import { watchResets } from "./reset-watch.ts";
import { createReview } from "./review-waiting.ts";
import { openStores } from "./stores.ts";
import { createWarmUp } from "./warm-up.ts";

export interface DaemonOptions {
  /** Asked each time something depends on it: a changed config counts from the next turn on. */
  readonly config: () => Config;
  readonly paths: Paths;
  readonly env: Environment;
  readonly log: Logger;
  /** Looks over every use of a store: how the chaos tests kill the daemon between two writes. */
  readonly watchStore?: <T extends object>(name: string, store: T) => T;
}

export interface Daemon {
  /** Who the bot is on Discord. */
  readonly botName: string;
  /** Whether Discord sends events at this moment. */
  isConnected(): boolean;
  /** Settles with what only a person can put right, if that happens while the daemon runs. */
  readonly refused: Promise<CoordError>;
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
  const stops: (() => Promise<void> | void)[] = [];
  const stopAll = async () => {
    for (const stop of stops.splice(0).reverse()) {
      try {
        await stop();
      } catch (error) {
        log.error("a part did not stop cleanly", { error });
      }
    }
  };
  let force: AbortSignal = AbortSignal.abort();
  let answering = false;
  let stopping = false;
  let refuse: (error: CoordError) => void = () => {};
  const refused = new Promise<CoordError>((resolve) => {
    refuse = resolve;
  });

  try {
    mkdirSync(paths.home, { recursive: true, mode: 0o700 });
    stops.push(lockInstance(paths.lock));
    const stores = openStores({
      file: paths.database,
      dropsText: () => config().ledger.text === "drop",
      watch: watchStore ?? ((_name, store) => store),
      log,
    });
    stops.push(stores.close);
    const { sessions, deliveries, cursors, material, outgoing, grants, facts, restoredAtMs } = stores;
    const onChange = (turn: Turn) => {
      acknowledge.changed(turn);
      if (turn.state === "accepted") intake.begin(turn);
    };
    const ledger = watchLedger(stores.ledger, guarded("what follows a turn's change", onChange, log));
    const { claude, version } = await findClaude({
      settings: config().claude,
      env,
      instanceId: paths.database,
      log,
    });
    const maxAgents = () => {
      const configured = config().claude.maxAgents;
      return configured === "auto" ? fitting : configured;
    };
    const fitting = agentsThatFit();
    log.info("agents that may run at once", { max_agents: maxAgents() });
    const sendFile = createSendFile({ store: outgoing, root: paths.files, log });
    let models: readonly AgentModel[] = [];
    const agents = createAgentPool({
      startAgent: withHostTools(
        (spec, onEvent) =>
          claude.start({ ...spec, additionalDirs: [join(paths.files, spec.conversationId)] }, (event) => {
            if (event.type === "ready") models = event.models;
            onEvent(event);
          }),
        {
          tools: [SEND_FILE],
          call: (spec, _name, input) => sendFile(spec, input),
          onBug: (error) => log.error("a tool of ours failed", { error }),
        },
      ),
      limits: () => ({
        maxAgents: maxAgents(),
        idleTimeoutMs: config().claude.idleTimeoutMs,
        warmTimeoutMs: WARM_TIMEOUT_MS,
        afterTasksMs: AFTER_TASKS_MS,
        stallTimeoutMs: config().claude.stallTimeoutMs,
        stopGraceMs: config().claude.killGraceMs,
      }),
      onUnprompted: (conversationId, event) => conversations.of(conversationId).unprompted(event),
      now: Date.now,
    });
    stops.push(() => agents.stop());

    const report = (what: string, detail: unknown, turn: Turn) => {
      const id = errorId(randomBytes(ERROR_ID_BYTES));
      const about = { turn_id: turn.id, conversation: turn.conversationId, project: turn.projectName };
      log.error(what, { error_id: id, ...about, error: detail });
      return id;
    };

    const projectNamed = (name: string) => config().projects.find((project) => project.name === name);
    const writing = new AbortController();
    const gateway = createGateway({
      token: config().discord.token,
      apiUrl: config().discord.apiUrl,
      onMessage: (message) => catchUp.take(message),
      onNewSession: () => catchUp.suspend(),
      onSessionReady: guarded(
        "a new gateway session",
        () => {
          void catchUp.start();
          if (!answering) return;
          for (const { conversationId } of ledger.unfinishedConversations()) void review(conversationId);
        },
        log,
      ),
      onEdit: guarded(
        "an edit",
        (message, editedAtMs) => {
          catchUp.replace(message.channelId, message.id, message);
          edits.edited(message, editedAtMs);
        },
        log,
      ),
      onDelete: guarded(
        "a delete",
        (channelId, messageIds) => {
          for (const messageId of messageIds) catchUp.replace(channelId, messageId, undefined);
          edits.deleted(messageIds);
        },
        log,
      ),
      onTyping: guarded("a typing indicator", (typing) => warmUp(typing), log),
      onInteraction: (interaction) => void interactions(interaction),
      onRefused: (error) => refuse(error),
      log,
    });
    stops.push(() => gateway.close());
    const acknowledge = createAcknowledge({
      reactions: (channelId) => createReactions(gateway.rest, channelId),
      open: (conversationId) => ledger.open(conversationId),
      isOn: () => config().replies.acknowledge,
      startedAtMs: Date.now(),
    });
    stops.push(() => acknowledge.stop(LAST_REACTIONS_MS));

    const replies = createReplies({
      channel: (channelId) => createChannelApi(gateway.rest, channelId),
      deliveries,
      ownMessages: (channelId, after) => ownMessages(gateway.rest, gateway.bot().userId, channelId, after),
      filesOf: (turnId) =>
        loadOutgoing(outgoing.ofTurn(turnId), ({ name }) =>
          log.warn("a file that Claude sent is gone", { turn_id: turnId, name }),
        ),
      projectDir: (name) => projectNamed(name)?.projectDir,
      newNonce: () => randomBytes(15).toString("base64url"),
      now: Date.now,
      settings: () => config().replies,
      signal: writing.signal,
      log,
    });
    const intake = createIntake({
      store: material,
      root: paths.files,
      origins: new Set([...DISCORD_ORIGINS, new URL(config().discord.apiUrl).origin]),
      limits: () => config().attachments,
      readMessage: (channelId, messageId) =>
        readMessage(gateway.rest, gateway.bot().userId, channelId, messageId),
      signal: writing.signal,
      log,
    });
    stops.push(
      keepFilesTidy({
        root: paths.files,
        keepMs: () => config().ledger.keepMs,
        foldersInUse: () =>
          new Set([
            ...material.messagesInUse(),
            ...outgoing.unsentPaths().map((path) => basename(dirname(path))),
          ]),
        now: Date.now,
        log,
      }),
    );
    const prompts = createPrompts({
      channel: (channelId) => createChannelApi(gateway.rest, channelId),
      store: stores.prompts,
      grants,
      sessionId: (conversationId) => sessions.current(conversationId)?.sessionId,
      project: projectNamed,
      timeoutMs: () => config().approvals.timeoutMs,
      newId: () => randomBytes(9).toString("base64url"),
      now: Date.now,
      log,
    });
    stops.push(() => prompts.idle());
    const conversations = createConversations({
      ledger,
      sessions,
      agents,
      openReply: replies,
      promptOf: async (turn, signal) => {
        const command = sessionCommandOf(turn);
        return command === undefined ? intake.prompt(turn, signal) : [{ type: "command", text: command }];
      },
      questions: prompts,
      grants: grants.of,
      project: projectNamed,
      timing: () => ({
        stallTimeoutMs: config().claude.stallTimeoutMs,
        stopGraceMs: config().claude.killGraceMs,
      }),
      toolLine: (name, input) => toolLine(name, input),
      newId: randomUUID,
      now: Date.now,
      report,
      storageTrouble: (error, conversation) => {
        const why = storageTrouble(error);
        if (why === undefined) log.error("a conversation met a bug", { conversation, error });
        else log.error(`sessions.db can't be used: ${why}; it is tried again`, { conversation, error });
        return why !== undefined;
      },
    });
    stops.push(async () => {
      force.addEventListener("abort", () => writing.abort());
      if (force.aborted) writing.abort();
      await conversations.close(force);
      writing.abort();
    });

    const warmUp = createWarmUp({
      isOn: () => config().claude.warmOnTyping,
      projects: () => config().projects,
      policy: () => config(),
      sessions,
      agents,
      grants: grants.of,
      newId: randomUUID,
      now: Date.now,
    });
    const quietly = (work: Promise<unknown>) => {
      work.catch((error: unknown) => log.warn("a small courtesy failed", { error }));
    };
    const inbound = createInbound({
      bot: gateway.bot,
      projects: () => config().projects,
      policy: () => config(),
      ledger,
      cursors,
      wake: (conversationId) => conversations.of(conversationId).wake(),
      tell: (turn) => conversations.of(turn.conversationId).tell(turn),
      hint: (message, project) => {
        const channel = createChannelApi(gateway.rest, message.channelId);
        const nonce = `hint-${message.id}`;
        quietly(channel.create({ content: hintText(project.name) }, { nonce, replyTo: message.id }));
      },
      refuse: (message) => {
        quietly(createChannelApi(gateway.rest, message.channelId).react(message.id, "🔒"));
      },
      newId: randomUUID,
      now: Date.now,
      log: log.info,
    });

    const startedAtMs = Date.now();
    const commands = commandHandlers({
      projects: () => config().projects,
      guildOf: gateway.guildOf,
      conversation: conversations.of,
      ledger,
      sessions,
      agents,
      pastSessions: facts.pastSessions,
      context: facts.context,
      models: () => models,
      setModel: async (name, model) => {
        await setProjectModel({ path: paths.config, env }, name, model);
      },
      post: async (channelId, message) => {
        const nonce = randomBytes(15).toString("base64url");
        await createChannelApi(gateway.rest, channelId).create(message, { nonce });
      },
      health: () => `up since ${discordTime(startedAtMs, "R")} · Claude Code ${version}`,
      newId: randomUUID,
    });
    const interactions = createInteractions({
      handlers: {
        ...commands,
        components: {
          ...commands.components,
          ask: prompts.handler,
          ...turnDecisions({
            ledger,
            project: projectNamed,
            wake: (conversationId) => conversations.of(conversationId).wake(),
            tell: (turn) => conversations.of(turn.conversationId).tell(turn),
          }),
        },
      },
      rest: gateway.rest,
      policy: () => config(),
      now: Date.now,
      report: (what, detail, fields) => {
        const id = errorId(randomBytes(ERROR_ID_BYTES));
        log.error(what, { error_id: id, ...fields, error: detail });
        return id;
      },
      log,
    });

    const routing = () => ({ bot: gateway.bot(), projects: config().projects, policy: config() });
    const edits = createEdits({
      routing,
      ledger,
      materialOf: (turnId) => material.of(turnId)?.material,
      rerun: () => config().edits === "rerun",
      withAuthor: gateway.history.withAuthor,
      revised: (turn) => {
        if (turn.state !== "cancelled") intake.begin(turn);
        conversations.of(turn.conversationId).revised(turn.id);
      },
      wake: (conversationId) => conversations.of(conversationId).wake(),
      newId: randomUUID,
      now: Date.now,
      log,
    });
    const review = createReview({ ledger, read: gateway.history.message, edits, log });
    const catchUp = createCatchUp({
      history: gateway.history,
      cursors,
      routing,
      limits: () => ({ ...config().catchUp, expireBeforeMs: restoredAtMs }),
      handle: inbound,
      now: Date.now,
      signal: writing.signal,
      log,
    });
    stops.push(watchResets({ sessions, agents, log }));
    stops.push(repeatSweep(claude.sweepOrphans, log));
    recoverTurns({ ledger, policy: config().restart, report, log });
    await gateway.connect();
    void prompts.closeLost();
    const guildsOfProjects = () =>
      new Set(config().projects.flatMap(({ channelId }) => gateway.guildOf(channelId) ?? []));
    stops.push(
      keepCommands({
        guilds: guildsOfProjects,
        register: (guildId) => registerCommands(gateway.rest, gateway.bot().userId, guildId, COMMANDS),
        log,
      }),
    );
    for (const { conversationId } of ledger.unfinishedConversations()) {
      void review(conversationId).then(() => {
        if (!stopping) conversations.of(conversationId).wake();
      });
    }
    answering = true;
    stops.push(
      keepLedgerTidy({
        retention: stores.retention,
        keepMs: () => config().ledger.keepMs,
        dropsText: () => config().ledger.text === "drop",
        now: Date.now,
        log,
      }),
    );
    stops.push(keepBackups({ file: paths.database, now: Date.now, log }));
    log.info("ready", { bot: gateway.botName(), projects: config().projects.length });
    return {
      botName: gateway.botName(),
      isConnected: gateway.isReady,
      refused,
      stop: async (signal) => {
        force = signal;
        stopping = true;
        await stopAll();
      },
    };
  } catch (error) {
    await stopAll();
    throw error;
  }
}

/** An agent that was started because somebody typed waits this long for the message. */
const WARM_TIMEOUT_MS = 60_000;
const AFTER_TASKS_MS = 2_000;
/** How long the stop waits for reactions that say how the last turns ended. */
const LAST_REACTIONS_MS = 2_000;

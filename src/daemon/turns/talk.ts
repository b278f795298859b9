import { randomBytes, randomUUID } from "node:crypto";
import { basename, dirname } from "node:path";
import type { AgentPool } from "../../core/agents/agent-pool.ts";
import type { Worktrees } from "../../core/projects/worktree.ts";
import { sessionCommandOf } from "../../core/turns/session-command.ts";
import type { Turn } from "../../core/turns/turn.ts";
import { createAcknowledge } from "../../discord/channel/acknowledge.ts";
import { createChannelApi } from "../../discord/channel/channel-api.ts";
import { ownMessages } from "../../discord/channel/own-messages.ts";
import { createReactions } from "../../discord/channel/reactions.ts";
import type { Gateway } from "../../discord/gateway/gateway.ts";
import { readMessage } from "../../discord/gateway/read-message.ts";
import { createPrompts, type Prompts } from "../../discord/prompts/prompts.ts";
import { createReplies } from "../../discord/reply/reply.ts";
import { toolLine } from "../../discord/reply/tool-line.ts";
import { DISCORD_ORIGINS } from "../../files/download.ts";
import { createIntake, type Intake } from "../../files/intake.ts";
import { loadOutgoing } from "../../files/load-outgoing.ts";
import { createNamedImages } from "../../files/named-images.ts";
import { storageTrouble } from "../../sqlite/storage-trouble.ts";
import type { DaemonContext } from "../context.ts";
import { accessPolicy } from "../messages/access-policy.ts";
import { createStillAllowed } from "../messages/still-allowed.ts";
import type { StopOrder } from "../stop-order.ts";
import { keepFilesTidy } from "../upkeep/file-retention.ts";
import { type Conversations, createConversations } from "./conversations.ts";

/** How long the stop waits for reactions that say how the last turns ended. */
const LAST_REACTIONS_MS = 2_000;
/** How long it waits for what became of questions to stand under them. */
const LAST_VERDICTS_MS = 3_000;

export interface Talk {
  readonly conversations: Conversations;
  readonly prompts: Prompts;
  readonly intake: Intake;
}

/** What turns a message into an answer: its files, its turn in the conversation, questions to people, the reply. */
export function openTalk(
  {
    config,
    paths,
    stores,
    events,
    budgets,
    report,
    redactor,
    secretFound,
    projectNamed,
    writing,
    log,
  }: DaemonContext,
  gateway: Gateway,
  agents: AgentPool,
  worktrees: Worktrees,
  stops: StopOrder,
): Talk {
  const { ledger, sessions, deliveries, material, outgoing, grants } = stores;
  const channel = (channelId: string) => createChannelApi(gateway.rest, channelId);
  const placedOf = ({ projectName, conversationId }: Turn) => {
    const project = projectNamed(projectName);
    return project && worktrees.placed(project, conversationId);
  };

  const acknowledge = createAcknowledge({
    reactions: (channelId) => createReactions(gateway.rest, channelId),
    open: (conversationId) => ledger.open(conversationId),
    isOn: () => config().replies.acknowledge,
    startedAtMs: Date.now(),
  });
  stops.push(() => acknowledge.stop(LAST_REACTIONS_MS));

  const intake = createIntake({
    store: material,
    root: paths.files,
    origins: new Set([...DISCORD_ORIGINS, new URL(config().discord.apiUrl).origin]),
    limits: () => config().attachments,
    readMessage: (channelId, messageId) =>
      readMessage(gateway.rest, gateway.bot().userId, channelId, messageId),
    signal: writing,
    log,
  });
  const filesInUse = () =>
    new Set([...material.messagesInUse(), ...outgoing.unsentPaths().map((path) => basename(dirname(path)))]);
  const keepMs = () => config().ledger.keepMs;
  stops.push(keepFilesTidy({ root: paths.files, keepMs, foldersInUse: filesInUse, now: Date.now, log }));

  events.listen((event) => {
    if (event.type !== "turn_changed") return;
    acknowledge.changed(event.turn);
    if (event.turn.state === "accepted") intake.begin(event.turn);
  });

  const openReply = createReplies({
    channel,
    deliveries,
    ownMessages: (channelId, after) => ownMessages(gateway.rest, gateway.bot().userId, channelId, after),
    isKnown: (messageId) => deliveries.has(messageId) || stores.prompts.has(messageId),
    filesOf: (turnId) =>
      loadOutgoing(outgoing.ofTurn(turnId), ({ name }) =>
        log.warn("a file that Claude sent is gone", { turn_id: turnId, name }),
      ),
    projectDir: (turn) => placedOf(turn)?.projectDir,
    redactor,
    newNonce: () => randomBytes(15).toString("base64url"),
    now: Date.now,
    settings: () => config().replies,
    signal: writing,
    log,
  });
  const prompts = createPrompts({
    channel,
    store: stores.prompts,
    grants,
    sessionId: (conversationId) => sessions.current(conversationId)?.sessionId,
    project: projectNamed,
    timeoutMs: () => config().approvals.timeoutMs,
    redactor,
    newId: () => randomBytes(9).toString("base64url"),
    now: Date.now,
    events,
    log,
  });
  stops.push(() => prompts.idle(LAST_VERDICTS_MS));

  const sendNamedImages = createNamedImages({ store: outgoing, root: paths.files, log });
  const conversations = createConversations({
    ledger,
    sessions,
    agents,
    openReply,
    promptOf: async (turn, signal) => {
      const command = sessionCommandOf(turn);
      return command === undefined ? intake.prompt(turn, signal) : [{ type: "command", text: command }];
    },
    stillAllowed: createStillAllowed({
      policy: () => accessPolicy(config(), gateway.guildOf),
      project: projectNamed,
      guildOf: gateway.guildOf,
      member: gateway.member,
      now: Date.now,
      log,
    }),
    budgetHold: budgets.hold,
    questions: prompts,
    prepare: worktrees.prepare,
    gatherFiles: async (turn, answer, sinceMs) => {
      const { conversationId } = turn;
      const projectDir = placedOf(turn)?.projectDir;
      if (projectDir !== undefined) await sendNamedImages({ conversationId, projectDir, answer, sinceMs });
    },
    grants: grants.of,
    project: projectNamed,
    timing: () => ({
      stallTimeoutMs: config().claude.stallTimeoutMs,
      interruptGraceMs: config().claude.killGraceMs,
    }),
    toolLine: (name, input) => toolLine(name, input),
    redactor,
    secretFound: (place, turn) => secretFound(place, { turn }),
    newId: randomUUID,
    now: Date.now,
    report: report.ofTurn,
    storageTrouble: (error, conversation) => {
      stores.watchDamage(error);
      const why = storageTrouble(error);
      if (why === undefined) log.error("a conversation met a bug", { conversation, error });
      else log.error(`sessions.db can't be used: ${why}; it is tried again`, { conversation, error });
      return why !== undefined;
    },
  });
  return { conversations, prompts, intake };
}

import { randomUUID } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import { createSignLimit } from "../../core/access/sign-limit.ts";
import type { AgentPool } from "../../core/agents/agent-pool.ts";
import { type IncomingMessage, isForClaude } from "../../core/messages/inbound.ts";
import type { CoordError } from "../../core/operations/errors.ts";
import type { Project } from "../../core/projects/project.ts";
import type { Worktrees } from "../../core/projects/worktree.ts";
import { createChannelApi } from "../../discord/channel/channel-api.ts";
import { hintText } from "../../discord/channel/hint.ts";
import type { SetUpChannel } from "../../discord/commands/set-up-channel.ts";
import type { Gateway, GatewayListener } from "../../discord/gateway/gateway.ts";
import type { IncomingInteraction } from "../../discord/interactions/incoming-interaction.ts";
import { createWarmUp } from "../agents/warm-up.ts";
import type { DaemonContext } from "../context.ts";
import { guarded } from "../guard.ts";
import type { Talk } from "../turns/talk.ts";
import { accessPolicy } from "./access-policy.ts";
import { type CatchUp, createCatchUp } from "./catch-up.ts";
import type { DeletedThreads } from "./deleted-threads.ts";
import { createEdits } from "./edits.ts";
import { createFloodSigns } from "./flood-signs.ts";
import { heardChannels } from "./heard-channels.ts";
import { createInbound } from "./inbound.ts";
import { createReview } from "./review-waiting.ts";

export interface Listening {
  /** Reads what was missed, in new projects too. */
  readonly catchUp: CatchUp;
  readonly listener: GatewayListener;
}

/** What is done with everything that Discord sends. */
export function createListener(
  { config, stores, events, floods, writing, log }: DaemonContext,
  gateway: Gateway,
  { conversations, intake }: Talk,
  agents: AgentPool,
  { worktrees, deletedThreads }: { readonly worktrees: Worktrees; readonly deletedThreads: DeletedThreads },
  then: {
    readonly setUpChannel: SetUpChannel;
    readonly onInteraction: (interaction: IncomingInteraction) => void;
    readonly onRefused: (error: CoordError) => void;
  },
): Listening {
  const { ledger, sessions, cursors, material, grants } = stores;
  const { guildOf } = gateway;
  const policy = () => accessPolicy(config(), guildOf);
  const hasSession = (channelId: string) => sessions.current(channelId) !== undefined;
  const routing = () => ({
    bot: gateway.bot(),
    projects: config().projects,
    policy: policy(),
    guildOf,
    hasSession,
  });
  const wake = (conversationId: string) => conversations.of(conversationId).wake();

  const courtesy = (
    channelId: string,
    show: (channel: ReturnType<typeof createChannelApi>) => Promise<unknown>,
  ) => {
    show(createChannelApi(gateway.rest, channelId)).catch((error: unknown) => {
      log.warn("a small courtesy failed", { error });
    });
  };
  const flooded = createFloodSigns({
    show: courtesy,
    limits: { note: createSignLimit(Date.now), mark: createSignLimit(Date.now, MARKS) },
    events,
    log,
  });
  const inbound = createInbound({
    routing,
    isFirst: (conversationId, channelId) => {
      if (conversationId !== channelId) return !ledger.wasAskedIn(channelId);
      const session = sessions.current(conversationId);
      return session === undefined || (session.messageCount === 0 && session.forkOf === undefined);
    },
    ledger,
    cursors,
    wake,
    hint: (message: IncomingMessage, project: Project) => {
      const sent = { nonce: `hint-${message.id}`, replyTo: message.id };
      courtesy(message.channelId, (channel) => channel.create({ content: hintText(project.name) }, sent));
    },
    floods,
    flooded,
    refuse: (message) => courtesy(message.channelId, (channel) => channel.react(message.id, "🔒")),
    mayShow: createSignLimit(Date.now),
    events,
    newId: randomUUID,
    now: Date.now,
    log: log.info,
  });
  const edits = createEdits({
    routing,
    ledger,
    materialOf: (turnId) => material.of(turnId)?.material,
    floods,
    flooded,
    rerun: () => config().edits === "rerun",
    withAuthor: gateway.history.withAuthor,
    revised: (turn) => {
      if (turn.state !== "cancelled") intake.begin(turn);
      conversations.of(turn.conversationId).revised(turn.id);
    },
    wake,
    newId: randomUUID,
    now: Date.now,
    log,
  });
  const review = createReview({ ledger, read: gateway.history.message, edits, log });
  const catchUp = createCatchUp({
    history: gateway.history,
    cursors,
    channels: () => heardChannels(config()),
    isMeant: (message) =>
      then.setUpChannel.is(message.channelId)
        ? then.setUpChannel.isMeant(message)
        : isForClaude(message, routing()),
    limits: () => ({ ...config().catchUp, expireBeforeMs: stores.restoredAtMs }),
    // As it stands now: others may have been added to its notice.
    tell: ({ id, conversationId }) => {
      const turn = ledger.turn(id);
      if (turn !== undefined) conversations.of(conversationId).tell(turn);
    },
    handle: (message, fate, noticeOf) => {
      try {
        if (!then.setUpChannel.is(message.channelId)) return inbound(message, fate, noticeOf);
        then.setUpChannel.hear(message, fate);
        cursors.advance(message.channelId, message.id);
        return undefined;
      } catch (error) {
        stores.watchDamage(error);
        throw error;
      }
    },
    now: Date.now,
    signal: writing,
    log,
  });
  const warmUp = createWarmUp({
    isOn: () => config().claude.warmOnTyping,
    projects: () => config().projects,
    policy,
    guildOf,
    sessions,
    agents,
    ready: worktrees.ready,
    grants: grants.of,
    newId: randomUUID,
    now: Date.now,
  });

  /** Lets unfinished conversations go on, each once it is known whether its waiting messages say what they said. */
  const resumeAll = () => {
    for (const { conversationId } of ledger.unfinishedConversations()) {
      const inTime = delay(REVIEW_MS, undefined, { ref: false });
      conversations.of(conversationId).resume(Promise.race([review(conversationId), inTime]));
    }
  };
  const onSessionReady = () => {
    resumeAll();
    void catchUp.start();
    void deletedThreads.lookAgain();
  };
  return {
    catchUp,
    listener: {
      onMessage: catchUp.take,
      onNewSession: catchUp.suspend,
      onSessionReady: guarded("a new gateway session", onSessionReady, log),
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
      onThreadDeleted: guarded("a deleted thread", deletedThreads.deleted, log),
      onAppeared: guarded("a channel that appeared", catchUp.appeared, log),
      onAccess: guarded(
        "a change of access",
        () => {
          for (const { channelId } of heardChannels(config())) catchUp.appeared(channelId, undefined);
        },
        log,
      ),
      onTyping: guarded("a typing indicator", warmUp, log),
      onInteraction: then.onInteraction,
      onRefused: then.onRefused,
    },
  };
}

/** Each message that is one too many is marked, as long as that is no flood of its own. */
const MARKS = { personMs: 0, inChannel: 30 };

/** Waiting messages are looked at again for so long; where Discord does not answer, they run as they were accepted. */
const REVIEW_MS = 20_000;

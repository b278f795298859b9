import type { FloodGate } from "../../core/access/flood.ts";
import type { SignLimit } from "../../core/access/sign-limit.ts";
import { type Fate, isLeftOut, snowflakeTimeMs } from "../../core/messages/catch-up.ts";
import { type IncomingMessage, type Routing, routeMessage } from "../../core/messages/inbound.ts";
import type { Material } from "../../core/messages/material.ts";
import type { Events } from "../../core/operations/events.ts";
import type { Project, Snowflake } from "../../core/projects/project.ts";
import type { CursorStore, Ledger } from "../../core/turns/ledger.ts";
import type { Turn } from "../../core/turns/turn.ts";
import type { FloodSigns } from "./flood-signs.ts";
import { newTurn } from "./new-turn.ts";

export interface InboundDeps {
  readonly routing: () => Routing;
  /** Whether nothing was asked yet in a channel or thread, as far as its conversation's session knows. */
  readonly isFirst: (conversationId: Snowflake, channelId: Snowflake) => boolean;
  readonly ledger: Ledger;
  readonly cursors: CursorStore;
  /** A turn was accepted: its conversation should look at the ledger. */
  readonly wake: (conversationId: Snowflake) => void;
  /** Tells somebody who addressed the bot and said nothing what to do. */
  readonly hint: (message: IncomingMessage, project: Project) => void;
  /** Says when too much is asked. */
  readonly floods: FloodGate;
  /** Shows somebody who asked too much that this message is not run. */
  readonly flooded: FloodSigns;
  /** Shows somebody who may not talk that they were understood and refused. */
  readonly refuse: (message: IncomingMessage) => void;
  readonly events: Pick<Events, "emit">;
  /** Keeps hints and refusals few. */
  readonly mayShow: SignLimit;
  readonly newId: () => string;
  readonly now: () => number;
  readonly log: (message: string, fields: object) => void;
}

export type Inbound = (message: IncomingMessage, fate: Fate, noticeOf?: string) => Turn | undefined;

/**
 * Takes every message that Discord shows us, live or fetched, and accepts those that are meant for Claude. One that
 * is not to run by itself is recorded as such and returned: it is still to be told, by the notice of `noticeOf` where
 * that is given.
 */
export function createInbound(deps: InboundDeps): Inbound {
  let untold = 0;
  return (message, fate, noticeOf) => {
    let leftOut: Turn | undefined;
    const route = routeMessage(message, deps.routing(), deps.now());
    const about = { message_id: message.id, conversation: message.channelId, user_id: message.author.userId };
    switch (route.kind) {
      case "ignore":
        break;
      case "refuse":
        deps.events.emit({
          type: "message_refused",
          userId: message.author.userId,
          guildId: message.guildId,
          conversationId: message.channelId,
          messageId: message.id,
          projectName: route.project.name,
          action: "talk",
          reason: route.reason,
        });
        // A thousand messages of somebody who may not talk are neither a thousand reactions nor a full log.
        if (!deps.mayShow(message.author.userId, message.channelId)) {
          untold += 1;
          break;
        }
        deps.log("refused a message", {
          ...about,
          project: route.project.name,
          reason: route.reason,
          untold,
        });
        untold = 0;
        deps.refuse(message);
        break;
      case "hint":
        if (deps.mayShow(message.author.userId, message.channelId)) deps.hint(message, route.project);
        break;
      case "turn": {
        // Discord may show a message twice, after a resumed connection for one; it is neither run nor counted twice.
        if (deps.ledger.ofMessage(message.id) !== undefined) break;
        const flood = isLeftOut(fate)
          ? undefined
          : deps.floods.begin({
              authorId: message.author.userId,
              kind: message.author.kind,
              projectName: route.project.name,
              conversationId: route.conversationId,
              atMs: snowflakeTimeMs(message.id),
              isMissed: fate === "catch_up",
            });
        if (flood !== undefined) {
          deps.flooded(message, route.project, flood);
          break;
        }
        const asked = {
          ...newTurn(message, route, deps.newId()),
          material: withThread(message, deps.isFirst(route.conversationId, message.channelId)),
        };
        const turn = isLeftOut(fate) ? deps.ledger.expire(asked, fate, noticeOf) : deps.ledger.accept(asked);
        if (turn === undefined) break;
        if (!isLeftOut(fate)) {
          deps.wake(route.conversationId);
        } else {
          const { name } = route.project;
          deps.log("a message is not run by itself", {
            ...about,
            project: name,
            turn_id: turn.id,
            why: fate,
          });
          leftOut = turn;
        }
        break;
      }
    }
    // Also past what bots wrote, we among them: then the next start need not look whether anything came after it.
    if (route.kind !== "ignore" || route.reason !== "no_project") {
      deps.cursors.advance(message.channelId, message.id);
    }
    return leftOut;
  };
}

/** With the first message in a thread comes what the thread is about. */
function withThread({ id, material, thread }: IncomingMessage, isFirst: boolean): Material {
  return thread === undefined || !isFirst || thread.starter.messageId === id
    ? material
    : { ...material, thread };
}

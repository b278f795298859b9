import type { DeliveryStore } from "../../core/ledger.ts";
import type { Snowflake } from "../../core/project.ts";
import type { OpenReply } from "../../core/reply.ts";
import type { ChannelApi, OutgoingMessage } from "../channel-api.ts";
import { keepTyping } from "../typing.ts";
import { splitMessage } from "./split-message.ts";
import { createWriter } from "./writer.ts";

export interface RepliesDeps {
  readonly channel: (channelId: Snowflake) => ChannelApi;
  readonly deliveries: DeliveryStore;
  readonly newNonce: () => string;
  readonly now: () => number;
  readonly settings: () => {
    stream: boolean;
    footer: boolean;
    tools: "off" | "brief" | "full";
    maxMessages: number;
  };
  readonly signal: AbortSignal;
  readonly log: { debug(message: string, fields?: object): void };
}

export function createReplies(deps: RepliesDeps): OpenReply {
  return (turn) => {
    const channel = deps.channel(turn.conversationId);
    const writer = createWriter({
      turnId: turn.id,
      replyTo: turn.messageId,
      channel,
      deliveries: deps.deliveries,
      newNonce: deps.newNonce,
      paceMs: 1_500,
      signal: deps.signal,
      onTrouble: (error) => deps.log.debug("a message could not be written yet", { turn_id: turn.id, error }),
    });
    let stopTyping: () => void = () => {};
    const messages: OutgoingMessage[] = [];
    return {
      begin: () => {
        stopTyping = keepTyping(channel.type);
      },
      waits: () => {},
      show: () => {},
      hold: async () => {
        stopTyping();
        await writer.leave();
      },
      leave: async () => {
        stopTyping();
        await writer.leave();
      },
      finish: async (end) => {
        try {
          for (const content of splitMessage(end.answer)) messages.push({ content });
          if (end.errorId) messages.push({ content: `${end.failureCode} ${end.errorId}` });
          await writer.finish(messages);
        } finally {
          stopTyping();
        }
      },
    };
  };
}

import { randomBytes } from "node:crypto";
import type { Snowflake } from "../../core/projects/project.ts";
import { createChannelApi } from "../../discord/channel/channel-api.ts";
import type { OutgoingMessage } from "../../discord/channel/message-payload.ts";
import type { Gateway } from "../../discord/gateway/gateway.ts";

/** Says something in a channel, once. */
export function createPost({ rest }: Pick<Gateway, "rest">) {
  return async (channelId: Snowflake, message: OutgoingMessage): Promise<void> => {
    const nonce = randomBytes(15).toString("base64url");
    await createChannelApi(rest, channelId).create(message, { nonce });
  };
}

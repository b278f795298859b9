import { type APIApplication, ApplicationFlags } from "discord.js";

/** Whether Discord gives the bot the text of messages. */
export function hasMessageContent({ flags }: Pick<APIApplication, "flags">): boolean {
  return ((flags ?? 0) & MESSAGE_CONTENT) !== 0;
}

/** Small bots have the second, bots that Discord has verified the first. */
const MESSAGE_CONTENT =
  ApplicationFlags.GatewayMessageContent | ApplicationFlags.GatewayMessageContentLimited;

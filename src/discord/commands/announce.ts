import type { Snowflake } from "../../core/projects/project.ts";
import type { OutgoingMessage } from "../channel/message-payload.ts";
import type { CommandsDeps } from "./commands-deps.ts";

/** Tells a conversation's channel what somebody has changed. A forum takes no messages: there the post hears it in which the command was given. */
export async function announce(
  conversationId: Snowflake,
  channelId: Snowflake,
  message: OutgoingMessage,
  { post }: Pick<CommandsDeps, "post">,
): Promise<void> {
  try {
    await post(conversationId, message);
  } catch (error) {
    if (conversationId === channelId) throw error;
    await post(channelId, message);
  }
}

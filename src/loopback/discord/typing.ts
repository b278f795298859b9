import { GatewayDispatchEvents } from "discord-api-types/v10";
import { guildField } from "./messages.ts";
import { memberPayload } from "./payloads/member-payload.ts";
import type { StoredChannel, World } from "./world.ts";

/** Shows a person or the bot as typing. */
export function startTyping(world: World, channel: StoredChannel, userId: string): void {
  world.emit({
    type: GatewayDispatchEvents.TypingStart,
    channelId: channel.id,
    data: {
      channel_id: channel.id,
      user_id: userId,
      timestamp: Math.floor(world.now() / 1000),
      ...guildField(world, channel),
      ...(channel.inGuild && world.members.has(userId) ? { member: memberPayload(world, userId) } : {}),
    },
  });
}

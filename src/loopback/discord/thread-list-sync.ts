import { type APIThreadChannel, GatewayDispatchEvents } from "discord-api-types/v10";
import { channelPayload, threadMemberPayload } from "./payloads/channel-payload.ts";
import { mayView } from "./permissions.ts";
import type { World } from "./world.ts";

/** Makes a change to what may be seen, and tells the bot of the active threads in channels that it sees from now on. */
export function withThreadListSync(world: World, change: () => void): void {
  const visible = () =>
    [...world.channels.values()].filter(
      (channel) => channel.inGuild && channel.thread === undefined && mayView(world, world.botId, channel),
    );
  const before = new Set(visible());
  change();
  const ids = visible().flatMap((channel) => (before.has(channel) ? [] : channel.id));
  if (ids.length === 0) return;
  const threads = [...world.channels.values()].filter(
    (channel) =>
      channel.thread?.archived === false &&
      ids.includes(channel.parentId ?? "") &&
      mayView(world, world.botId, channel),
  );
  world.emit({
    type: GatewayDispatchEvents.ThreadListSync,
    data: {
      guild_id: world.guildId,
      channel_ids: ids,
      threads: threads.map((thread) => channelPayload(world, thread) as APIThreadChannel),
      members: threads.flatMap(({ id, thread }) => {
        const joinedAtMs = thread?.members.get(world.botId);
        return joinedAtMs === undefined ? [] : [threadMemberPayload(id, world.botId, joinedAtMs)];
      }),
    },
  });
}

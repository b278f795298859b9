import {
  GatewayDispatchEvents,
  type GatewayMessageDeleteBulkDispatchData,
  type GatewayMessageDeleteDispatchData,
} from "discord.js";
import type { Snowflake } from "../../core/projects/project.ts";

/**
 * The messages that a gateway packet tells are deleted; undefined for packets about anything else. The events of
 * discord.js would leave out channels and threads that are not in its cache.
 */
export function deletedMessages(packet: {
  readonly t?: string;
  readonly d?: unknown;
}): { readonly channelId: Snowflake; readonly messageIds: readonly Snowflake[] } | undefined {
  if (typeof packet.d !== "object" || packet.d === null) return undefined;
  if (packet.t === GatewayDispatchEvents.MessageDelete) {
    const { id, channel_id } = packet.d as GatewayMessageDeleteDispatchData;
    return { channelId: channel_id, messageIds: [id] };
  }
  if (packet.t === GatewayDispatchEvents.MessageDeleteBulk) {
    const { ids, channel_id } = packet.d as GatewayMessageDeleteBulkDispatchData;
    return { channelId: channel_id, messageIds: ids };
  }
  return undefined;
}
